import { LRUCache } from 'lru-cache';
import { atMost } from '../at-most.js';
import type { ParsedRegister } from './parse-register.js';
import type { RegisterDocument } from './register.schema.js';

/** Retransmissions come within 32 s (RFC 3261 §17.1.2.2, timer F); at 100 REGISTERs a second that is a third of these. */
const ANSWERS = 10_000;
/** So many Call-IDs are known by their highest CSeq, so that a late REGISTER doesn't bring a withdrawn binding back. */
const SEQUENCES = 100_000;

interface Answered {
  readonly request: string;
  readonly answer: Promise<RegisterDocument>;
}

/** Of a REGISTER what the next must be compared with. */
export interface HeardRegister {
  readonly call_id: string;
  readonly user: string;
  readonly domain: string;
  readonly cseq: number;
}

/** What was heard under each Call-ID, and how the last was answered. */
export class RecentRegisters {
  readonly #answers = new LRUCache<string, Answered>(atMost(ANSWERS));
  readonly #sequences = new LRUCache<string, number>(atMost(SEQUENCES));

  highestCseq(request: ParsedRegister): number | undefined {
    return this.#sequences.get(dialogOf(request));
  }

  /** Another instance has heard it. */
  heard({ call_id, user, domain, cseq }: HeardRegister): void {
    const dialog = `${call_id} ${user}@${domain}`;
    if (cseq <= (this.#sequences.peek(dialog) ?? -1)) return;
    this.#sequences.set(dialog, cseq);
    // A repeat of ours comes late now.
    this.#answers.delete(dialog);
  }

  /** The answer to this very request, when it was the last under its Call-ID. */
  answerTo(request: ParsedRegister): Promise<RegisterDocument> | undefined {
    const known = this.#answers.get(dialogOf(request));
    return known?.request === textOf(request) ? known.answer : undefined;
  }

  /** An answer that fails is forgotten: its repeat may succeed. */
  remember(request: ParsedRegister, answer: Promise<RegisterDocument>): void {
    const dialog = dialogOf(request);
    const answered = { request: textOf(request), answer };
    this.#sequences.set(dialog, request.cseq);
    this.#answers.set(dialog, answered);
    answer.catch(() => {
      if (this.#answers.peek(dialog) === answered) this.#answers.delete(dialog);
    });
  }
}

function dialogOf({ address, call_id }: ParsedRegister): string {
  return `${call_id} ${address.user}@${address.domain}`;
}

function textOf({ cseq, contact, expires, path, received, contact_center }: ParsedRegister): string {
  return JSON.stringify([cseq, contact, expires, path, received, contact_center]);
}

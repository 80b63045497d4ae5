import { LRUCache } from 'lru-cache';

/** At 50 calls a second the decisions of the last half hour: longer than a contact center queues a call. */
const REMEMBERED = 100_000;

/** For which contact center each of the latest decisions was made: a call that carries its id comes from there. */
export class RecentDecisions {
  readonly #domains = new LRUCache<string, string>({ max: REMEMBERED });

  add(decision: string, domain: string): void {
    this.#domains.set(decision, domain);
  }

  /** The contact center's domain, or null when the id is none of ours (it came over the wire: anybody may invent one). */
  decidedFor(decision: string): string | null {
    return this.#domains.get(decision) ?? null;
  }
}

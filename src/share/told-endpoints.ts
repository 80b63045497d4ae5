import type { Directory } from '../directory/directory.js';
import type { Endpoint } from '../directory/endpoint.js';
import { heardAt, isNewer } from '../directory/newer-endpoint.js';
import type { EntryOf } from './entry.js';
import type { SharedLog } from './shared-log.js';

type EndpointId = Pick<Endpoint, 'domain' | 'agent' | 'key'>;
type Change =
  | { readonly kind: 'put'; readonly endpoint: Endpoint }
  | { readonly kind: 'remove'; readonly endpoint: EndpointId };

/** What writes them to Postgres: a GroupCommit. */
interface Rows {
  put(row: string, change: Change): void;
  hasRoomFor(rows: readonly string[]): boolean;
  stored(limitMs: number): Promise<boolean>;
  committed(): Promise<void>;
}

/** The endpoints that this instance writes, which it tells the others; and those that it hears of. */
export class ToldEndpoints {
  readonly #rows: Rows;
  readonly #deps: { readonly directory: Directory; readonly log: SharedLog; readonly clock: () => number };
  readonly #listeners: ((gone: EndpointId) => void)[] = [];

  constructor(
    rows: Rows,
    deps: { readonly directory: Directory; readonly log: SharedLog; readonly clock: () => number },
  ) {
    this.#rows = rows;
    this.#deps = deps;
  }

  put(row: string, change: Change): void {
    const { log, clock } = this.#deps;
    this.#rows.put(row, change);
    if (change.kind === 'put') {
      log.publish({ kind: 'endpoint', put: change.endpoint });
    } else {
      const { domain, agent, key } = change.endpoint;
      log.publish({ kind: 'endpoint_gone', domain, agent, key, at: clock() });
    }
  }

  hasRoomFor(rows: readonly string[]): boolean {
    return this.#rows.hasRoomFor(rows);
  }

  stored(limitMs: number): Promise<boolean> {
    return this.#rows.stored(limitMs);
  }

  committed(): Promise<void> {
    return this.#rows.committed();
  }

  /** Told of those that another instance has removed. */
  followGone(listener: (gone: EndpointId) => void): void {
    this.#listeners.push(listener);
  }

  readPut({ put }: EntryOf<'endpoint'>): void {
    const { directory } = this.#deps;
    const known = directory.endpoint(put.domain, put.agent, put.key);
    if (!known || isNewer(put, known)) directory.putEndpoint(put);
  }

  readGone({ domain, agent, key, at }: EntryOf<'endpoint_gone'>): void {
    const { directory } = this.#deps;
    const known = directory.endpoint(domain, agent, key);
    // It may have registered again meanwhile.
    if (known && heardAt(known) > at) return;
    if (known) directory.removeEndpoint(domain, agent, key);
    for (const listener of this.#listeners) listener({ domain, agent, key });
  }
}

import { uuidv7 } from 'uuidv7';
import { Problem } from '../errors.js';
import type { Changes } from '../live/change.js';
import type { Store } from '../store/open-store.js';
import { type ApiKey, documentOf, type Scope } from './api-key.js';
import { insertKey } from './insert-key.sql.js';
import { administersAll, type Keys } from './keys.js';
import { revokeKey } from './revoke-key.sql.js';
import { rotateKey } from './rotate-key.sql.js';
import { hashOf, newKeyText } from './secret.js';

export interface KeyOrdersDeps {
  readonly pool: Store['pool'];
  readonly keys: Keys;
  readonly changes: Changes;
  readonly clock: () => number;
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly contact_centers: readonly string[] | null;
  /** null: never. */
  readonly expires_in_seconds: number | null;
}

/** A key, and its text for its holder, which nobody can be told again. */
export interface Issued {
  readonly key: ApiKey;
  readonly text: string;
}

/** Keys are made, get another secret and are revoked: in Postgres first, then in memory, and each time in the history. */
export class KeyOrders {
  readonly #deps: KeyOrdersDeps;

  constructor(deps: KeyOrdersDeps) {
    this.#deps = deps;
  }

  /**
   * The first key must be one that can make others: from then on every request needs a key. `by` is who asks.
   */
  async create(wanted: NewKey, by: string): Promise<Issued> {
    const { pool, keys, clock } = this.#deps;
    const now = clock();
    const id = uuidv7();
    const text = newKeyText(id);
    const { name, contact_centers: domains, expires_in_seconds } = wanted;
    const key: ApiKey = {
      ...{ id, name, scopes: inOrder(wanted.scopes), contact_centers: domains && inOrder(domains) },
      ...{ secret_hash: hashOf(text), old_secret_hash: null, old_secret_until: null },
      ...{ created_at: now, rotated_at: null, revoked_at: null, last_used_at: null },
      expires_at: expires_in_seconds === null ? null : now + expires_in_seconds * 1_000,
    };
    if (!keys.any && !administersAll(key, now)) {
      throw new Problem(
        'conflict',
        'The first key must have scope admin, for all contact centers: as soon as it exists every request needs a key, and ' +
          'nobody could make others',
      );
    }
    await insertKey(pool, key);
    keys.put(key);
    this.#tell(by, undefined, key);
    return { key, text };
  }

  /** Another secret for the same key; the one until now stays good for so long, one from before that is not. */
  async rotate(id: string, overlapSeconds: number, by: string): Promise<Issued> {
    const { pool, keys, clock } = this.#deps;
    const before = this.#unrevoked(id);
    const text = newKeyText(id);
    const at = clock();
    const rotated = await rotateKey(pool, { id, hash: hashOf(text), at, until: at + overlapSeconds * 1_000 });
    const key = found(rotated);
    keys.put(key);
    this.#tell(by, before, key);
    return { key, text };
  }

  /** `evenLast`: also the last one that can make others, which only the command line may. */
  async revoke(id: string, by: string, { evenLast }: { evenLast: boolean }): Promise<ApiKey> {
    const { pool, keys, clock } = this.#deps;
    const now = clock();
    const before = this.#unrevoked(id);
    const others = keys.all().filter((key) => key.id !== id);
    if (!evenLast && administersAll(before, now) && !others.some((key) => administersAll(key, now))) {
      throw new Problem(
        'conflict',
        'It is the last valid key of scope admin for all contact centers: make another one first, or revoke it on the ' +
          'command line',
      );
    }
    const key = found(await revokeKey(pool, id, now));
    keys.put(key);
    this.#tell(by, before, key);
    return key;
  }

  #unrevoked(id: string): ApiKey {
    const key = this.#deps.keys.find(id);
    return found(key?.revoked_at === null ? key : undefined);
  }

  #tell(by: string, before: ApiKey | undefined, after: ApiKey): void {
    this.#deps.changes.changed({
      ...{ at: this.#deps.clock(), domain: null, kind: 'configuration', subject: `keys/${after.id}` },
      ...{ by, reason: null, before: before ? documentOf(before) : null, after: documentOf(after) },
    });
  }
}

function inOrder<T extends string>(words: readonly T[]): T[] {
  return [...new Set(words)].sort();
}

function found(key: ApiKey | undefined): ApiKey {
  if (!key) throw new Problem('not_found', 'There is no such key, or it was revoked');
  return key;
}

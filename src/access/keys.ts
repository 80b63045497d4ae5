import { timingSafeEqual } from 'node:crypto';
import type { Log } from '../store/log.js';
import type { Store } from '../store/open-store.js';
import { Access } from './access.js';
import { type ApiKey, isLive } from './api-key.js';
import { loadEndedKeys, loadKeys, loadLiveKeys } from './load-keys.sql.js';
import { hashOf, idIn } from './secret.js';
import { touchKeys } from './touch-keys.sql.js';

/** What other instances and the command line change is known here within this time. */
const EVERY_MS = 2_000;
/** How much a key's last use, as it is kept, may be behind. */
const COARSE_MS = 60_000;
/** Of keys that were revoked or have expired so many are remembered, those that ended last: their holders are told why. */
const ENDED = 1_000;

export type Refusal = 'malformed' | 'unknown' | 'revoked' | 'expired';

interface Known {
  readonly key: ApiKey;
  readonly access: Access;
}

/**
 * All keys that are good, and some that were, in memory: requests are checked against it alone. Read from Postgres at start; then
 * every two seconds those that are good, and once what became of each that isn't any more. While Postgres is away the keys last
 * read go on.
 */
export class Keys {
  readonly #pool: Store['pool'];
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #used = new Map<string, number>();
  #known: ReadonlyMap<string, Known> = new Map();
  /** How often a key was changed from here: what Postgres was asked before that is out of date. */
  #changes = 0;
  #read = false;
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failing = false;
  #administrable = true;

  constructor({ pool, log, clock }: { pool: Store['pool']; log: Log; clock: () => number }) {
    this.#pool = pool;
    this.#log = log;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    await this.read();
    this.#timer = setInterval(() => void this.refresh(), EVERY_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading;
  }

  /** Whether there is any, were it revoked or expired: a service that has had keys is never open again by itself. */
  get any(): boolean {
    return this.#known.size > 0;
  }

  /** The oldest first. */
  all(): ApiKey[] {
    return [...this.#known.values()].map(({ key }) => ({ ...key, last_used_at: this.#lastUse(key) }));
  }

  find(id: string): ApiKey | undefined {
    const key = this.#known.get(id)?.key;
    return key && { ...key, last_used_at: this.#lastUse(key) };
  }

  /** A key as it was just written to Postgres. */
  put(key: ApiKey): void {
    this.#changes += 1;
    this.#know([...this.all().filter(({ id }) => id !== key.id), key]);
  }

  /** Who has this key; or why nobody has. Why it is not good any more is told only to who has its secret. */
  holder(text: string): Access | Refusal {
    const id = idIn(text);
    if (id === undefined) return 'malformed';
    const known = this.#known.get(id);
    if (!known) return 'unknown';
    const { key, access } = known;
    const now = this.#clock();
    const hash = hashOf(text);
    if (!timingSafeEqual(hash, key.secret_hash) && !isOldSecret(key, hash, now)) return 'unknown';
    if (key.revoked_at !== null) return 'revoked';
    if (!isLive(key, now)) return 'expired';
    this.#used.set(id, now);
    return access;
  }

  /** What Postgres has; never fails. */
  async refresh(): Promise<void> {
    this.#reading ??= this.read()
      .then(
        () => {
          if (this.#failing) this.#log.info('the API keys can be read again');
          this.#failing = false;
        },
        (error) => {
          if (!this.#failing) {
            this.#log.warn({ err: error }, 'the API keys cannot be read; the last known ones go on');
          }
          this.#failing = true;
        },
      )
      .finally(() => {
        this.#reading = undefined;
      });
    await this.#reading;
  }

  async read(): Promise<void> {
    for (;;) {
      const changes = this.#changes;
      const now = this.#clock();
      const live = await loadLiveKeys(this.#pool, now);
      const others = this.#read ? await this.#others(live, now) : await loadEndedKeys(this.#pool, now, ENDED);
      if (changes !== this.#changes) continue;
      this.#read = true;
      this.#know([...live, ...others]);
      break;
    }
    const uses = [...this.#used].flatMap(([id, at]) => {
      const stored = this.#known.get(id)?.key.last_used_at ?? Number.NEGATIVE_INFINITY;
      return at - stored >= COARSE_MS ? [{ id, at }] : [];
    });
    if (uses.length > 0) await touchKeys(this.#pool, uses);
  }

  /** Those that ended, as they are known already; those that were good until now are looked up. */
  async #others(live: readonly ApiKey[], now: number): Promise<ApiKey[]> {
    const good = new Set(live.map(({ id }) => id));
    const others = [...this.#known.values()].flatMap(({ key }) => (good.has(key.id) ? [] : [key]));
    const gone = others.filter((key) => isLive(key, now)).map(({ id }) => id);
    const ended = others.filter((key) => !isLive(key, now));
    return gone.length === 0 ? ended : [...ended, ...(await loadKeys(this.#pool, gone))];
  }

  #know(keys: readonly ApiKey[]): void {
    this.#known = new Map(
      inOrder(keys, this.#clock()).map((key) => {
        const before = this.#known.get(key.id);
        return [key.id, { key, access: before && isSame(before.key, key) ? before.access : accessOf(key) }];
      }),
    );
    for (const id of this.#used.keys()) if (!this.#known.has(id)) this.#used.delete(id);
    this.#tellWhetherAdministrable();
  }

  #tellWhetherAdministrable(): void {
    const now = this.#clock();
    const administrable = !this.any || this.all().some((key) => administersAll(key, now));
    if (!administrable && this.#administrable) {
      this.#log.warn(
        'no valid API key has scope admin for all contact centers: make one on the command line (npm run keys)',
      );
    }
    this.#administrable = administrable;
  }

  #lastUse({ id, last_used_at }: ApiKey): number | null {
    const used = this.#used.get(id);
    return used === undefined ? last_used_at : Math.max(used, last_used_at ?? used);
  }
}

/** Whether it can make keys of every kind, and so help out of anything. */
export function administersAll(key: ApiKey, now: number): boolean {
  return isLive(key, now) && key.scopes.includes('admin') && key.contact_centers === null;
}

/** The oldest first; without those that ended before the last thousand. */
function inOrder(keys: readonly ApiKey[], now: number): ApiKey[] {
  const ended = keys.filter((key) => !isLive(key, now)).sort((a, b) => endOf(b) - endOf(a));
  const forgotten = new Set(ended.slice(ENDED));
  return keys
    .filter((key) => !forgotten.has(key))
    .sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
}

function endOf({ revoked_at, expires_at }: ApiKey): number {
  return Math.min(revoked_at ?? Number.POSITIVE_INFINITY, expires_at ?? Number.POSITIVE_INFINITY);
}

function isOldSecret({ old_secret_hash, old_secret_until }: ApiKey, hash: Buffer, now: number): boolean {
  if (old_secret_hash === null || old_secret_until === null || old_secret_until <= now) return false;
  return timingSafeEqual(hash, old_secret_hash);
}

function accessOf({ id, name, scopes, contact_centers }: ApiKey): Access {
  return new Access({
    ...{ who: `key ${name}`, scopes, contactCenters: contact_centers },
    ...{ node: null, counted: id },
  });
}

/** Of what an access is made of. */
function isSame(a: ApiKey, b: ApiKey): boolean {
  return (
    a.name === b.name &&
    String(a.scopes) === String(b.scopes) &&
    String(a.contact_centers) === String(b.contact_centers)
  );
}

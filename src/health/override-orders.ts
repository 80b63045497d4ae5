import { uuidv7 } from 'uuidv7';
import type { Directory } from '../directory/directory.js';
import type { Change, Changes } from '../live/change.js';
import type { Override } from '../live/override.js';
import type { Overrides } from '../live/overrides.js';
import type { Log } from '../store/log.js';
import type { Store } from '../store/open-store.js';
import { deleteExpiredOverrides, deleteOverride } from './delete-override.sql.js';
import { saveOverride } from './save-override.sql.js';

export interface OverrideOrdersDeps {
  readonly pool: Store['pool'];
  readonly directory: Directory;
  readonly overrides: Overrides;
  readonly changes: Changes;
  readonly clock: () => number;
  readonly log: Log;
}

/** What is ordered. */
export type Order = Omit<Override, 'id' | 'created_at' | 'expires_at'> & {
  readonly expires_in_seconds: number;
};

/** Overrides come, go and expire: in Postgres first, then in memory, and each time in the history. */
export class OverrideOrders {
  readonly #deps: OverrideOrdersDeps;
  readonly #listeners: ((domain: string, now: number) => void)[] = [];
  #clearing: Promise<void> = Promise.resolve();

  constructor(deps: OverrideOrdersDeps) {
    this.#deps = deps;
  }

  /** Told at once when other overrides than before are in force. */
  follow(listener: (domain: string, now: number) => void): void {
    this.#listeners.push(listener);
  }

  async order({ expires_in_seconds, ...what }: Order): Promise<Override> {
    const { pool, overrides, clock } = this.#deps;
    const now = clock();
    const override = { ...what, id: uuidv7(), created_at: now, expires_at: now + expires_in_seconds * 1_000 };
    await saveOverride(pool, override);
    overrides.put(override);
    const { by, reason } = override;
    this.#tell(override, { at: now, by, reason, before: null, after: documentOf(override) });
    return override;
  }

  async withdraw(override: Override, by: string): Promise<void> {
    const { pool, overrides, clock } = this.#deps;
    await deleteOverride(pool, override.id);
    overrides.remove(override);
    this.#gone(override, { at: clock(), by, reason: 'withdrawn' });
  }

  /** Once a second: what has expired goes, and what a contact center had ordered that is no more. */
  tick(now: number): void {
    const { directory, overrides, pool, log } = this.#deps;
    const expired = overrides.takeExpired(now);
    for (const override of expired) this.#gone(override, { at: now, by: 'understudy', reason: 'expired' });
    for (const override of overrides.all()) {
      if (directory.contactCenter(override.domain)) continue;
      overrides.remove(override);
      this.#gone(override, { at: now, by: 'understudy', reason: 'its contact center was removed' });
    }
    if (expired.length === 0) return;
    // What stays for now is not loaded again, and goes with the next that expires.
    this.#clearing = deleteExpiredOverrides(pool, now).catch((error) =>
      log.warn({ err: error }, 'expired overrides could not be deleted'),
    );
  }

  close(): Promise<void> {
    return this.#clearing;
  }

  #gone(override: Override, how: Pick<Change, 'at' | 'by' | 'reason'>): void {
    this.#tell(override, { ...how, before: documentOf(override), after: null });
  }

  #tell({ domain, id }: Override, change: Omit<Change, 'domain' | 'kind' | 'subject'>): void {
    this.#deps.changes.changed({ domain, kind: 'override', subject: id, ...change });
    for (const listener of this.#listeners) listener(domain, change.at);
  }
}

/** As people see it. */
export function documentOf({ domain, created_at, expires_at, ...override }: Override) {
  return {
    contact_center: domain,
    ...override,
    created_at: new Date(created_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
  };
}

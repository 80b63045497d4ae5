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
  /** What people change, and what happens by itself: of several instances one alone writes that down. */
  readonly changes: Changes;
  readonly happened: Changes;
  /** Tells the other instances. */
  readonly told: { ordered(override: Override): void; withdrawn(id: string): void };
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
    this.#deps.told.ordered(override);
    const { by, reason } = override;
    const change = { at: now, by, reason, before: null, after: documentOf(override) };
    this.#tell(override, change, this.#deps.changes);
    return override;
  }

  async withdraw(override: Override, by: string): Promise<void> {
    const { pool, overrides, clock } = this.#deps;
    await deleteOverride(pool, override.id);
    overrides.remove(override);
    this.#deps.told.withdrawn(override.id);
    this.#gone(override, { at: clock(), by, reason: 'withdrawn' }, this.#deps.changes);
  }

  /** Another instance was given the order. */
  readOrdered(override: Override): void {
    this.#deps.overrides.put(override);
    this.#inform(override.domain, this.#deps.clock());
  }

  readWithdrawn(id: string): void {
    const override = this.#deps.overrides.find(id);
    if (!override) return;
    this.#deps.overrides.remove(override);
    this.#inform(override.domain, this.#deps.clock());
  }

  /** Once a second: what has expired goes, and what a contact center had ordered that is no more. */
  tick(now: number): void {
    const { directory, overrides, pool, log, happened } = this.#deps;
    const expired = overrides.takeExpired(now);
    const gone = (override: Override, reason: string) =>
      this.#gone(override, { at: now, by: 'understudy', reason }, happened);
    for (const override of expired) gone(override, 'expired');
    for (const override of overrides.all()) {
      if (directory.contactCenter(override.domain)) continue;
      overrides.remove(override);
      gone(override, 'its contact center was removed');
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

  #gone(override: Override, how: Pick<Change, 'at' | 'by' | 'reason'>, changes: Changes): void {
    this.#tell(override, { ...how, before: documentOf(override), after: null }, changes);
  }

  #tell(
    { domain, id }: Override,
    change: Omit<Change, 'domain' | 'kind' | 'subject'>,
    changes: Changes,
  ): void {
    changes.changed({ domain, kind: 'override', subject: id, ...change });
    this.#inform(domain, change.at);
  }

  #inform(domain: string, at: number): void {
    for (const listener of this.#listeners) listener(domain, at);
  }
}

/** As people see it. */
export function documentOf({ domain, asked_by = null, created_at, expires_at, ...override }: Override) {
  return {
    contact_center: domain,
    ...override,
    asked_by,
    created_at: new Date(created_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
  };
}

import type pg from 'pg';
import type { EndpointChange, EndpointChanges } from '../../src/register/endpoint-change.js';
import { saveEndpoints } from '../../src/register/save-endpoints.sql.js';

/** What the group commit is measured against: each REGISTER is a transaction of its own, by the same SQL. */
export class OneCommitEach implements EndpointChanges {
  readonly #pool: pg.Pool;
  #changes = new Map<string, EndpointChange>();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  put(row: string, change: EndpointChange): void {
    this.#changes.set(row, change);
  }

  followGone(): void {}

  /** A REGISTER asks in the turn of the event loop in which it puts, so what was put is its own. */
  async stored(): Promise<boolean> {
    const changes = this.#changes;
    this.#changes = new Map();
    await saveEndpoints(this.#pool, changes.values());
    return true;
  }

  hasRoomFor(): boolean {
    return true;
  }
}

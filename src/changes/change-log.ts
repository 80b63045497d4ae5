import { uuidv7 } from 'uuidv7';
import type { Change, Changes } from '../live/change.js';
import { HistoryWriter } from '../store/history-writer.js';
import type { Log } from '../store/log.js';
import type { Store } from '../store/open-store.js';
import { Retention } from '../store/retention.js';
import type { RowCounts } from '../store/row-counts.js';
import { forgetChanges } from './forget-changes.sql.js';
import { type ChangeRow, saveChanges } from './save-changes.sql.js';

/** A year, and the weeks in which somebody thinks of asking. */
const KEPT_MS = 400 * 24 * 3_600_000;

/** Who changed what, and what changed by itself: written behind everybody's back, kept for 400 days. */
export class ChangeLog implements Changes {
  readonly #rows: HistoryWriter<ChangeRow>;
  readonly #retention: Retention;

  constructor({ pool, log, clock }: { pool: Store['pool']; log: Log; clock: () => number }) {
    this.#rows = new HistoryWriter({ table: 'changes', save: (rows) => saveChanges(pool, rows), log });
    const forget = [(before: number, limit: number) => forgetChanges(pool, before, limit)];
    this.#retention = new Retention({ keptMs: KEPT_MS, forget, clock, log });
  }

  get tables(): Readonly<Record<'changes', RowCounts>> {
    return { changes: this.#rows };
  }

  changed(change: Change): void {
    this.#rows.put({ ...change, id: uuidv7() });
  }

  /** Resolves when everything told before is in Postgres, so that a reader sees it. */
  committed(): Promise<void> {
    return this.#rows.committed();
  }

  /** Whether it is there, asked for `limitMs` at most. What isn't is written as soon as Postgres takes it. */
  stored(limitMs: number): Promise<boolean> {
    return this.#rows.stored(limitMs);
  }

  forgetOld(): Promise<void> {
    return this.#retention.forgetOld();
  }

  async close(): Promise<void> {
    await Promise.all([this.#retention.close(), this.#rows.close()]);
  }
}

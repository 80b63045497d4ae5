import { HistoryWriter } from '../store/history-writer.js';
import type { Log } from '../store/log.js';
import type { Store } from '../store/open-store.js';
import { Retention } from '../store/retention.js';
import type { RowCounts } from '../store/row-counts.js';
import { forgetDecisions } from './forget-decisions.sql.js';
import { forgetOutcomes } from './forget-outcomes.sql.js';
import { type DecisionRow, saveDecisions } from './save-decisions.sql.js';
import { type OutcomeRow, saveOutcomes } from './save-outcomes.sql.js';

const KEPT_MS = 30 * 24 * 3_600_000;

/** What was decided for calls and what became of it: written behind the calls' back, kept for 30 days. */
export class History {
  readonly #decisions: HistoryWriter<DecisionRow>;
  readonly #outcomes: HistoryWriter<OutcomeRow>;
  readonly #retention: Retention;

  constructor({ pool, log, clock }: { pool: Store['pool']; log: Log; clock: () => number }) {
    this.#decisions = new HistoryWriter({
      table: 'decisions',
      save: (rows) => saveDecisions(pool, rows),
      log,
    });
    this.#outcomes = new HistoryWriter({ table: 'outcomes', save: (rows) => saveOutcomes(pool, rows), log });
    const forget = [forgetOutcomes, forgetDecisions].map(
      (one) => (before: number, limit: number) => one(pool, before, limit),
    );
    this.#retention = new Retention({ keptMs: KEPT_MS, forget, clock, log });
  }

  get tables(): Readonly<Record<'decisions' | 'outcomes', RowCounts>> {
    return { decisions: this.#decisions, outcomes: this.#outcomes };
  }

  decided(decision: DecisionRow): void {
    this.#decisions.put(decision);
  }

  became(outcome: OutcomeRow): void {
    this.#outcomes.put(outcome);
  }

  /** Resolves when everything told before is in Postgres, so that a reader sees it. */
  async committed(): Promise<void> {
    await Promise.all([this.#decisions.committed(), this.#outcomes.committed()]);
  }

  forgetOld(): Promise<void> {
    return this.#retention.forgetOld();
  }

  async close(): Promise<void> {
    await Promise.all([this.#retention.close(), this.#decisions.close(), this.#outcomes.close()]);
  }
}

import { HistoryWriter } from '../store/history-writer.js';
import type { Log } from '../store/log.js';
import type { Store } from '../store/open-store.js';
import { type Forget, Retention } from '../store/retention.js';
import type { RowCounts } from '../store/row-counts.js';
import { forgetDecisions } from './forget-decisions.sql.js';
import { forgetOutcomes } from './forget-outcomes.sql.js';
import { forgetPersonalData } from './forget-personal-data.sql.js';
import { type DecisionRow, saveDecisions } from './save-decisions.sql.js';
import { type OutcomeRow, saveOutcomes } from './save-outcomes.sql.js';
import { withoutPersonalData } from './without-personal-data.js';

const DAY_MS = 24 * 3_600_000;
/** For how long history is kept. */
export const PERSONAL_DATA_DAYS = 30;

export interface HistoryDeps {
  readonly pool: Store['pool'];
  readonly log: Log;
  readonly clock: () => number;
  /** From 0 to 30. */
  readonly personalDataDays?: number;
}

/** What was decided for calls and what became of it: written behind the calls' back, kept for 30 days, or less: its lines are about callers and phones. With 0 days what tells those apart is never written, and lines that have it go. */
export class History {
  readonly #decisions: HistoryWriter<DecisionRow>;
  readonly #outcomes: HistoryWriter<OutcomeRow>;
  readonly #retention: Retention;
  readonly #pool: HistoryDeps['pool'];

  constructor({ pool, log, clock, personalDataDays = PERSONAL_DATA_DAYS }: HistoryDeps) {
    this.#pool = pool;
    this.#decisions = new HistoryWriter({
      table: 'decisions',
      save: (rows) => saveDecisions(pool, personalDataDays === 0 ? rows.map(withoutPersonalData) : rows),
      log,
    });
    this.#outcomes = new HistoryWriter({ table: 'outcomes', save: (rows) => saveOutcomes(pool, rows), log });
    const forget: Forget[] = [forgetOutcomes, forgetDecisions].map(
      (one) => (before, limit) => one(pool, before, limit),
    );
    // Written before the setting was 0.
    if (personalDataDays === 0) forget.push((_before, limit) => forgetPersonalData(pool, limit));
    const keptMs = (personalDataDays || PERSONAL_DATA_DAYS) * DAY_MS;
    this.#retention = new Retention({ keptMs, forget, clock, log });
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

  /** Resolves when these are in Postgres; rejects when it doesn't take them now, and then they are not kept. */
  async save(outcomes: readonly OutcomeRow[]): Promise<void> {
    if (outcomes.length > 0) await saveOutcomes(this.#pool, outcomes);
  }

  /** Resolves when everything told before is in Postgres, so that a reader sees it. */
  async committed(): Promise<void> {
    await Promise.all([this.#decisions.committed(), this.#outcomes.committed()]);
  }

  /** Whether it is there, asked for `limitMs` at most. What isn't is written as soon as Postgres takes it. */
  async stored(limitMs: number): Promise<boolean> {
    const stored = await Promise.all([this.#decisions.stored(limitMs), this.#outcomes.stored(limitMs)]);
    return stored.every((one) => one);
  }

  forgetOld(): Promise<void> {
    return this.#retention.forgetOld();
  }

  async close(): Promise<void> {
    await Promise.all([this.#retention.close(), this.#decisions.close(), this.#outcomes.close()]);
  }
}

import type { Log } from '../store/log.js';
import type { Store } from '../store/open-store.js';
import { forgetDecisions } from './forget-decisions.sql.js';
import { forgetOutcomes } from './forget-outcomes.sql.js';
import { HistoryWriter } from './history-writer.js';
import { type DecisionRow, saveDecisions } from './save-decisions.sql.js';
import { type OutcomeRow, saveOutcomes } from './save-outcomes.sql.js';

const HOUR_MS = 3_600_000;
const KEPT_MS = 30 * 24 * HOUR_MS;
/** So many at once: within the time limit of a statement, whatever has piled up. */
const FORGOTTEN_AT_ONCE = 5_000;

/** What was decided for calls and what became of it: written behind the calls' back, kept for 30 days. */
export class History {
  readonly #pool: Store['pool'];
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #decisions: HistoryWriter<DecisionRow>;
  readonly #outcomes: HistoryWriter<OutcomeRow>;
  readonly #timer: NodeJS.Timeout;
  #forgetting: Promise<void> = Promise.resolve();
  #closed = false;

  constructor({ pool, log, clock }: { pool: Store['pool']; log: Log; clock: () => number }) {
    this.#pool = pool;
    this.#log = log;
    this.#clock = clock;
    this.#decisions = new HistoryWriter({
      table: 'decisions',
      save: (rows) => saveDecisions(pool, rows),
      log,
    });
    this.#outcomes = new HistoryWriter({ table: 'outcomes', save: (rows) => saveOutcomes(pool, rows), log });
    this.#timer = setInterval(() => {
      this.#forgetting = this.forgetOld().catch((error) =>
        this.#log.warn({ err: error }, 'old history could not be deleted; the next try is in an hour'),
      );
    }, HOUR_MS).unref();
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

  async forgetOld(): Promise<void> {
    const before = this.#clock() - KEPT_MS;
    for (const forget of [forgetOutcomes, forgetDecisions]) {
      let forgotten: number;
      do {
        forgotten = await forget(this.#pool, before, FORGOTTEN_AT_ONCE);
      } while (forgotten === FORGOTTEN_AT_ONCE && !this.#closed);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await Promise.all([this.#forgetting, this.#decisions.close(), this.#outcomes.close()]);
  }
}

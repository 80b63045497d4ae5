import type { Log } from './log.js';

const HOUR_MS = 3_600_000;
/** After the start, so that it also happens where nothing runs for an hour. */
const SOON_MS = 60_000;
/** So many at once: within the time limit of a statement, whatever has piled up. */
const FORGOTTEN_AT_ONCE = 5_000;

/** Deletes up to `limit` rows older than `before` (ms since the epoch), the oldest first; tells how many. */
export type Forget = (before: number, limit: number) => Promise<number>;

/** Deletes a minute after the start, and then every hour, what is older than it is kept for. */
export class Retention {
  readonly #options: { keptMs: number; forget: readonly Forget[]; clock: () => number; log: Log };
  readonly #timers: readonly NodeJS.Timeout[];
  #forgetting: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: { keptMs: number; forget: readonly Forget[]; clock: () => number; log: Log }) {
    this.#options = options;
    const run = () => {
      this.#forgetting = this.forgetOld().catch((error) =>
        options.log.warn({ err: error }, 'old history could not be deleted; the next try is in an hour'),
      );
    };
    this.#timers = [setTimeout(run, SOON_MS).unref(), setInterval(run, HOUR_MS).unref()];
  }

  async forgetOld(): Promise<void> {
    const { keptMs, forget, clock } = this.#options;
    const before = clock() - keptMs;
    for (const portion of forget) {
      let forgotten: number;
      do {
        forgotten = await portion(before, FORGOTTEN_AT_ONCE);
      } while (forgotten === FORGOTTEN_AT_ONCE && !this.#closed);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#forgetting;
  }
}

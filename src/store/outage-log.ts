import type { Log } from './log.js';

const AGAIN_MS = 60_000;

/** One line when something begins to fail, one a minute while that goes on, and one when it is over. */
export class OutageLog {
  readonly #log: Log;
  readonly #clock: () => number;
  #began: number | undefined;
  #told = 0;

  constructor(log: Log, clock: () => number = Date.now) {
    this.#log = log;
    this.#clock = clock;
  }

  failed(level: 'warn' | 'error', what: string, details: object): void {
    const now = this.#clock();
    if (this.#began !== undefined && now - this.#told < AGAIN_MS) return;
    this.#began ??= now;
    this.#told = now;
    this.#log[level]({ ...details, for_ms: now - this.#began }, what);
  }

  /** Says nothing when nothing had failed. */
  over(what: string, details: object): void {
    if (this.#began === undefined) return;
    this.#log.info({ ...details, after_ms: this.#clock() - this.#began }, what);
    this.#began = undefined;
  }
}

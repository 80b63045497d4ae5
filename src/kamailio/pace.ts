import { setTimeout as delay } from 'node:timers/promises';

/**
 * So many commands a second take a tenth of one core of a registrar (it can carry out some thousands), and so none of its
 * calls has to wait for them.
 */
const PER_SECOND = 500;
/** So many may come at once after a rest: most of what is due is little. */
const BURST = 50;

/** Spaces out commands that can wait. */
export class Pace {
  /** When the next command may be sent, ms on the monotonic clock. */
  #next = 0;

  /** Resolves when it is the caller's turn. */
  async turn(): Promise<void> {
    const now = performance.now();
    const spacing = 1_000 / PER_SECOND;
    this.#next = Math.max(this.#next, now - BURST * spacing) + spacing;
    if (this.#next > now) await delay(this.#next - now);
  }
}

import { LRUCache } from 'lru-cache';
import { atMost } from '../at-most.js';

export interface Rate {
  readonly max: number;
  readonly windowMs: number;
}

/** Of so many askers at once the counts are known; who has asked the longest time ago is forgotten first. */
const ASKERS = 10_000;

/**
 * How many requests each asker sends within one window of time. Counted in memory, at once and in one look-up, since every
 * call's question passes here; @fastify/rate-limit waits for promises, and counts each route apart.
 */
export class RateLimit {
  readonly #rate: Rate;
  readonly #windows = new LRUCache<string, { count: number; readonly until: number }>(atMost(ASKERS));

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Counts one; after how many seconds to come again when it is one too many, else 0. `now`: ms. */
  take(asker: string, now: number): number {
    const window = this.#windows.get(asker);
    // One that lasts longer than any began before the clock was set back.
    if (!window || window.until <= now || window.until > now + this.#rate.windowMs) {
      this.#windows.set(asker, { count: 1, until: now + this.#rate.windowMs });
      return 0;
    }
    window.count += 1;
    return window.count > this.#rate.max ? Math.max(1, Math.ceil((window.until - now) / 1_000)) : 0;
  }
}

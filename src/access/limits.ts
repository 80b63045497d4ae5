import type { Rate } from './rate-limit.js';

/** How much one asker may ask before it gets 429. */
export interface Limits {
  /** Of routing scripts: each key or certificate at each source. */
  readonly signalling: Rate;
  /** Of people and programs: each key. */
  readonly people: Rate;
  /** Of what needs no key: each source. */
  readonly open: Rate;
  /** Requests that are refused for want of a good key: each source. */
  readonly unauthorized: Rate;
}

/**
 * One node at the load for which the service is made asks some hundred times a second, thousands when all phones register
 * at once. A program that provisions an agent each in 20,000 requests takes some minutes.
 */
export const LIMITS: Limits = {
  signalling: { max: 2_000, windowMs: 1_000 },
  people: { max: 1_000, windowMs: 10_000 },
  open: { max: 500, windowMs: 10_000 },
  // Not against guessing, which 256 bits see to, but against filling the log. Good keys from the same source go on.
  unauthorized: { max: 60, windowMs: 60_000 },
};

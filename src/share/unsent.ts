import { type Entry, keyOf } from './entry.js';

/** As many as a large contact center has phones; whoever has more to say lets everybody read Postgres again. */
const MOST = 50_000;

/**
 * What couldn't be published while the log was away, the last word of each key. Entries without a key are not kept: what they have
 * led to is part of the state that is published when the log is back.
 */
export class Unsent {
  readonly #entries = new Map<string, Entry>();
  readonly #most: number;

  constructor(most = MOST) {
    this.#most = most;
  }

  keep(entry: Entry): void {
    const key = keyOf(entry);
    if (key === null) return;
    // As if it were new: what was said last comes last.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#most) this.#entries.delete([...this.#entries.keys()][0] ?? '');
  }

  /** In the order in which it was said. */
  take(): Entry[] {
    const all = [...this.#entries.values()];
    this.#entries.clear();
    return all;
  }
}

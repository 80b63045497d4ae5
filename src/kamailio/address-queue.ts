/** More than these at once are no single change that callers wait for. */
const MANY = 100;

/** An address that is to be settled. */
export interface Waiting {
  readonly aor: string;
  /** Whether it can wait: its commands are paced. */
  readonly paced: boolean;
}

/** The addresses that wait to be settled at one registrar: first what has changed, then what is due for a look. */
export class AddressQueue {
  readonly #changed = new Set<string>();
  readonly #due = new Set<string>();

  get size(): number {
    return this.#changed.size + this.#due.size;
  }

  /** A change of everything is filled in like a registrar that holds nothing. */
  addChanged(aors: Iterable<string>): void {
    const list = [...aors];
    if (list.length > MANY) this.addDue(list);
    else for (const aor of list) this.add({ aor, paced: false });
  }

  addDue(aors: Iterable<string>): void {
    for (const aor of aors) this.add({ aor, paced: true });
  }

  add({ aor, paced }: Waiting): void {
    if (!paced) {
      this.#due.delete(aor);
      this.#changed.add(aor);
    } else if (!this.#changed.has(aor)) {
      // At the end, so that of all addresses those that are given first come first.
      this.#due.delete(aor);
      this.#due.add(aor);
    }
  }

  /** The next one that is not `busy`. */
  take(busy: (aor: string) => boolean): Waiting | undefined {
    for (const [set, paced] of [
      [this.#changed, false],
      [this.#due, true],
    ] as const) {
      for (const aor of set) {
        if (busy(aor)) continue;
        set.delete(aor);
        return { aor, paced };
      }
    }
    return undefined;
  }
}

/** So much memory large bodies may take at once: those of one key, and all. */
export interface Budget {
  readonly each: number;
  readonly all: number;
}

export class BodyBudget {
  readonly #budget: Budget;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Returns what gives it back, to be called once; undefined: there is no room now. */
  take(who: string, bytes: number): (() => void) | undefined {
    const taken = (this.#taken.get(who) ?? 0) + bytes;
    if (taken > this.#budget.each || this.#all + bytes > this.#budget.all) return undefined;
    this.#taken.set(who, taken);
    this.#all += bytes;
    return () => {
      const left = (this.#taken.get(who) ?? 0) - bytes;
      if (left > 0) this.#taken.set(who, left);
      else this.#taken.delete(who);
      this.#all -= bytes;
    };
  }
}

interface Total {
  /** Of the times that are over. */
  ms: number;
  /** When the present one began, ms since the epoch; null: it is in no bypass. */
  begun: number | null;
}

/** For how long the subjects of one contact center were in bypass, all times together. */
export class BypassTotals {
  readonly #totals = new Map<string, Total>();

  enter(subject: string, at: number): void {
    const total = this.#totals.get(subject) ?? { ms: 0, begun: null };
    total.begun ??= at;
    this.#totals.set(subject, total);
  }

  leave(subject: string, at: number): void {
    const total = this.#totals.get(subject);
    if (!total) return;
    total.ms = msOf(total, at);
    total.begun = null;
  }

  /** undefined: it never was. */
  of(subject: string, now: number): { readonly bypass: boolean; readonly seconds: number } | undefined {
    const total = this.#totals.get(subject);
    return total && { bypass: total.begun !== null, seconds: msOf(total, now) / 1_000 };
  }
}

/** The clock may have been set back. */
function msOf({ ms, begun }: Total, now: number): number {
  return begun === null ? ms : ms + Math.max(0, now - begun);
}

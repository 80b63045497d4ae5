/** So long a REGISTER may be on its way, also when it has to be sent twice again. */
export const ARRIVAL_MS = 3_000;

interface Arrival {
  readonly aor: string;
  readonly contact: string;
  /** ms since the epoch. */
  readonly by: number;
  /** Whether a command that came later may have been carried out before it. */
  readonly overtaken: boolean;
}

/** REGISTERs that somebody was told to send to one registrar, for as long as they may arrive. */
export class Arrivals {
  /** The oldest first. */
  readonly #expected = new Map<string, Arrival>();

  expect(aor: string, contact: string, now: number): void {
    const key = keyOf(aor, contact);
    const overtaken = this.#expected.get(key)?.overtaken ?? false;
    this.#expected.delete(key);
    this.#expected.set(key, { aor, contact, by: now + ARRIVAL_MS, overtaken });
  }

  /** Whether it may still be on its way. */
  expects(aor: string, contact: string): boolean {
    return this.#expected.has(keyOf(aor, contact));
  }

  overtake(aor: string, contact: string): void {
    const arrival = this.#expected.get(keyOf(aor, contact));
    if (arrival) this.#expected.set(keyOf(aor, contact), { ...arrival, overtaken: true });
  }

  overtakeAll(): void {
    for (const { aor, contact } of this.#expected.values()) this.overtake(aor, contact);
  }

  /** Forgets what has arrived, and returns of it what was overtaken. */
  takeOvertaken(now: number): Arrival[] {
    const arrived: Arrival[] = [];
    for (const [key, arrival] of this.#expected) {
      if (arrival.by > now) break;
      this.#expected.delete(key);
      arrived.push(arrival);
    }
    return arrived.filter(({ overtaken }) => overtaken);
  }
}

function keyOf(aor: string, contact: string): string {
  return `${aor} ${contact}`;
}

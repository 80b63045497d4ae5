/** So long a REGISTER may be on its way, also when it has to be sent twice again. */
export const ARRIVAL_MS = 3_000;

interface Arrival {
  readonly aor: string;
  readonly contact: string;
  /** ms since the epoch. */
  readonly by: number;
  /** Whether the registrar is to be asked afterwards what it has made of it. */
  readonly check: Check;
}

/**
 * `at once`: a command that came later may have been carried out before it. `paced`: it changes what the registrar holds, and may
 * have been lost on the way, or never sent. `none`: it only prolongs what is held.
 */
type Check = 'none' | 'paced' | 'at once';

/** REGISTERs that somebody was told to send to one registrar, for as long as they may arrive. */
export class Arrivals {
  /** The oldest first. */
  readonly #expected = new Map<string, Arrival>();

  /** `changes`: whether the registrar holds something else once it has arrived. */
  expect(aor: string, contact: string, now: number, changes: boolean): void {
    const key = keyOf(aor, contact);
    const before = this.#expected.get(key)?.check ?? 'none';
    const check = before === 'none' && changes ? 'paced' : before;
    this.#expected.delete(key);
    this.#expected.set(key, { aor, contact, by: now + ARRIVAL_MS, check });
  }

  /** Whether it may still be on its way. */
  expects(aor: string, contact: string): boolean {
    return this.#expected.has(keyOf(aor, contact));
  }

  overtake(aor: string, contact: string): void {
    const arrival = this.#expected.get(keyOf(aor, contact));
    if (arrival) this.#expected.set(keyOf(aor, contact), { ...arrival, check: 'at once' });
  }

  overtakeAll(): void {
    for (const { aor, contact } of this.#expected.values()) this.overtake(aor, contact);
  }

  /** Forgets what has arrived, and returns of it what is to be checked. */
  takeDoubted(now: number): Arrival[] {
    const arrived: Arrival[] = [];
    for (const [key, arrival] of this.#expected) {
      if (arrival.by > now) break;
      this.#expected.delete(key);
      arrived.push(arrival);
    }
    return arrived.filter(({ check }) => check !== 'none');
  }
}

function keyOf(aor: string, contact: string): string {
  return `${aor} ${contact}`;
}

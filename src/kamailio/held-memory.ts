import type { Held, Wanted } from './held.js';

const NOTHING: ReadonlyMap<string, Held> = new Map();

/** What one registrar holds, by address and contact, as far as we know. */
export class HeldMemory {
  readonly #held = new Map<string, Map<string, Held>>();
  readonly #known = new Set<string>();

  /** Whether the registrar was asked what it holds for this address. */
  knows(aor: string): boolean {
    return this.#known.has(aor);
  }

  of(aor: string): ReadonlyMap<string, Held> {
    return this.#held.get(aor) ?? NOTHING;
  }

  get(aor: string, contact: string): Held | undefined {
    return this.#held.get(aor)?.get(contact);
  }

  put(aor: string, contact: string, held: Held): void {
    const contacts = this.#held.get(aor);
    if (contacts) contacts.set(contact, held);
    else this.#held.set(aor, new Map([[contact, held]]));
  }

  remove(aor: string, contact: string): void {
    const contacts = this.#held.get(aor);
    contacts?.delete(contact);
    if (contacts?.size === 0) this.#held.delete(aor);
  }

  /**
   * Takes in what the registrar says. What nobody wants is remembered, so that it goes, only if it is there for good: all
   * the rest runs out by itself, unless Kamailio keeps a phone alive that registered while this service was away.
   */
  learn(aor: string, found: ReadonlyMap<string, Held>, wanted: readonly Wanted[]): void {
    this.#known.add(aor);
    const contacts = new Set(wanted.map(({ binding }) => binding.contact));
    for (const [contact, held] of found) {
      const matters = contacts.has(contact) || held.until === Number.POSITIVE_INFINITY;
      if (matters && !this.get(aor, contact)) this.put(aor, contact, held);
    }
  }

  /** What is there of one contact, wanted or not; undefined when it isn't. */
  set(aor: string, contact: string, held: Held | undefined): void {
    if (held) this.put(aor, contact, held);
    else this.remove(aor, contact);
  }

  /**
   * What has run out is left to the registrar's own timer: if this service missed a refresh that Kamailio answered alone,
   * the phone is still there.
   */
  expire(aor: string, now: number): void {
    for (const [contact, { until }] of this.of(aor)) if (until <= now) this.remove(aor, contact);
  }

  /** It is to be asked again. */
  distrust(aor: string): void {
    this.#known.delete(aor);
  }

  forget(aor: string): void {
    this.#known.delete(aor);
    this.#held.delete(aor);
  }
}

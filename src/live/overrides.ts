import type { Override } from './override.js';

/** What operators have ordered, in memory; expired orders count no more, whether they were taken away or not. */
export class Overrides {
  readonly #byDomain = new Map<string, readonly Override[]>();
  #revision = 0;

  /** Another number after each change: what was read meanwhile may be older. */
  get revision(): number {
    return this.#revision;
  }

  active(domain: string, now: number): readonly Override[] {
    const all = this.#byDomain.get(domain);
    if (!all) return NONE;
    const isActive = ({ expires_at }: Override) => expires_at > now;
    return all.every(isActive) ? all : all.filter(isActive);
  }

  /** The oldest first. */
  all(): Override[] {
    return [...this.#byDomain.values()]
      .flat()
      .sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
  }

  find(id: string): Override | undefined {
    return this.all().find((one) => one.id === id);
  }

  put(override: Override): void {
    this.#revision += 1;
    const { domain, id } = override;
    const others = (this.#byDomain.get(domain) ?? NONE).filter((one) => one.id !== id);
    this.#byDomain.set(domain, [...others, override]);
  }

  remove({ domain, id }: Override): void {
    this.#revision += 1;
    const others = (this.#byDomain.get(domain) ?? NONE).filter((one) => one.id !== id);
    if (others.length > 0) this.#byDomain.set(domain, others);
    else this.#byDomain.delete(domain);
  }

  /** Removes and returns what has expired. */
  takeExpired(now: number): Override[] {
    const expired = this.all().filter(({ expires_at }) => expires_at <= now);
    for (const one of expired) this.remove(one);
    return expired;
  }
}

const NONE: readonly Override[] = [];

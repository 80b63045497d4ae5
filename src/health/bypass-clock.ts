import type { ContactCenter } from '../directory/contact-center.js';
import type { Directory } from '../directory/directory.js';
import { type BypassDeps, whyBypass } from '../live/bypass.js';
import { bypassSubject } from '../live/bypass-subject.js';
import type { Changes } from '../live/change.js';
import { BypassTotals } from './bypass-totals.js';

/** Since when (ms since the epoch) something is in bypass, by its subject. */
type Since = ReadonlyMap<string, number>;

export interface TimeInBypass {
  /** null: the contact center as a whole. */
  readonly skillset: string | null;
  /** Whether it is in bypass now. */
  readonly bypass: boolean;
  readonly seconds: number;
}

/**
 * Writes down when contact centers go into bypass and come out of it, and those of their skillsets that do so by themselves
 * while the contact center as a whole is not in bypass. Looks every second, and at once where something has changed.
 */
export class BypassClock {
  readonly #directory: Directory;
  readonly #deps: BypassDeps;
  readonly #changes: Changes;
  readonly #since = new Map<string, Map<string, number>>();
  readonly #totals = new Map<string, BypassTotals>();

  constructor({ directory, changes, ...deps }: BypassDeps & { directory: Directory; changes: Changes }) {
    this.#directory = directory;
    this.#changes = changes;
    this.#deps = deps;
  }

  /** What was in bypass when the service ended; what has come out of it since is written down at the first look. */
  load(
    known: readonly { readonly domain: string; readonly subject: string; readonly since: number }[],
    now: number,
  ): void {
    for (const { domain, subject, since } of known) {
      this.#of(domain).set(subject, since);
      this.#totalsOf(domain).enter(subject, now);
    }
  }

  look(now: number): void {
    for (const center of this.#directory.contactCenters()) this.lookAt(center, now);
    for (const [domain, since] of this.#since) {
      if (this.#directory.contactCenter(domain)) continue;
      for (const subject of since.keys()) this.#write(domain, subject, null, 'it was removed', now);
      this.#since.delete(domain);
      this.#totals.delete(domain);
    }
  }

  lookAt(center: ContactCenter, now: number): void {
    const { domain, skillsets } = center;
    const whole = whyBypass(this.#deps, center, null, now);
    const why = new Map<string, string | null>([[bypassSubject(null), whole]]);
    for (const { name } of skillsets) {
      why.set(bypassSubject(name), whole === null ? whyBypass(this.#deps, center, name, now) : null);
    }
    const since = this.#since.get(domain);
    for (const subject of since?.keys() ?? []) if (!why.has(subject)) why.set(subject, null);
    for (const [subject, reason] of why) {
      const begun = since?.get(subject);
      if (reason !== null && begun === undefined) this.#write(domain, subject, now, reason, now);
      if (reason === null && begun !== undefined) this.#write(domain, subject, null, null, now);
    }
  }

  /** Since when the contact center as a whole is in bypass, or null; and those skillsets that are so by themselves. */
  of({ domain, skillsets }: ContactCenter): {
    readonly since: number | null;
    readonly skillsets: readonly { readonly name: string; readonly since: number }[];
  } {
    const since: Since = this.#since.get(domain) ?? new Map();
    return {
      since: since.get(bypassSubject(null)) ?? null,
      skillsets: skillsets.flatMap(({ name }) => {
        const begun = since.get(bypassSubject(name));
        return begun === undefined ? [] : [{ name, since: begun }];
      }),
    };
  }

  /**
   * In this life of the service: for how long the contact center as a whole was in bypass, and each of its skillsets that was
   * so by itself.
   */
  totals({ domain, skillsets }: ContactCenter, now: number): readonly TimeInBypass[] {
    const totals = this.#totals.get(domain);
    const subjects = [null, ...skillsets.map(({ name }) => name)];
    return subjects.flatMap((skillset) => {
      const total = totals?.of(bypassSubject(skillset), now);
      if (skillset !== null && !total) return [];
      return [{ skillset, bypass: false, seconds: 0, ...total }];
    });
  }

  #write(domain: string, subject: string, since: number | null, reason: string | null, now: number): void {
    const known = this.#of(domain);
    if (since === null) known.delete(subject);
    else known.set(subject, since);
    if (since === null) this.#totalsOf(domain).leave(subject, now);
    else this.#totalsOf(domain).enter(subject, now);
    const bypass = since !== null;
    this.#changes.changed({
      ...{ at: now, domain, kind: 'bypass', subject, by: 'understudy', reason },
      ...{ before: { bypass: !bypass }, after: { bypass } },
    });
  }

  #of(domain: string): Map<string, number> {
    const since = this.#since.get(domain) ?? new Map<string, number>();
    this.#since.set(domain, since);
    return since;
  }

  #totalsOf(domain: string): BypassTotals {
    const totals = this.#totals.get(domain) ?? new BypassTotals();
    this.#totals.set(domain, totals);
    return totals;
  }
}

import type { ContactCenter } from '../directory/contact-center.js';
import { bypassSubject } from '../live/bypass-subject.js';
import type { BypassChange } from './find-bypass.sql.js';
import { type TimeInBypass, timeInBypass } from './time-in-bypass.js';

export interface BypassLine extends TimeInBypass {
  readonly contact_center: string;
  /** null: the contact center as a whole. */
  readonly skillset: string | null;
}

/** Every contact center, and those of its skillsets that have been in bypass by themselves. `changes`: the oldest first. */
export function listBypass(
  centers: readonly ContactCenter[],
  changes: readonly BypassChange[],
  since: number,
  now: number,
): BypassLine[] {
  const known = new Map<string, BypassChange[]>();
  for (const change of changes) {
    const key = keyOf(change.domain, change.subject);
    const list = known.get(key);
    if (list) list.push(change);
    else known.set(key, [change]);
  }
  return centers.flatMap(({ domain, skillsets }) => {
    const line = (skillset: string | null): BypassLine[] => {
      const found = known.get(keyOf(domain, bypassSubject(skillset)));
      if (!found && skillset !== null) return [];
      return [{ contact_center: domain, skillset, ...timeInBypass(found ?? [], since, now) }];
    };
    return [...line(null), ...skillsets.flatMap(({ name }) => line(name))];
  });
}

function keyOf(domain: string, subject: string): string {
  return `${domain} ${subject}`;
}

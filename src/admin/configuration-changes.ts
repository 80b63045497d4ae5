import type { ContactCenter } from '../directory/contact-center.js';
import type { Sliceable } from '../http/slices.js';
import { byName, partChanges } from './part-changes.js';

/** One thing that is configured, and what of it differs. */
export interface ConfigurationChange {
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
}

const LISTS = ['treatments', 'skillsets', 'agents'] as const;

/**
 * What a change of a contact center's document changes, part by part. A contact center that comes or goes is one change,
 * with the whole document: so what was deleted can be put again.
 */
export function* configurationChanges(
  before: ContactCenter | undefined,
  after: ContactCenter | undefined,
): Sliceable<ConfigurationChange[]> {
  if (!before || !after) {
    return [{ subject: 'contact_center', before: before ?? null, after: after ?? null }];
  }
  const { locations: was, treatments: _t, skillsets: _s, agents: _a, ...settingsBefore } = before;
  const { locations: is, treatments: _t2, skillsets: _s2, agents: _a2, ...settingsAfter } = after;
  const changes = [
    ...changeOf('contact_center', settingsBefore, settingsAfter),
    ...(isSame(was, is) ? [] : [{ subject: 'locations', before: was, after: is }]),
  ];
  for (const list of LISTS) {
    for (const { old, now } of partChanges<{ readonly name: string }>(before[list], after[list], byName)) {
      changes.push(...changeOf(`${list}/${(now ?? old)?.name}`, old, now));
      yield;
    }
  }
  return changes;
}

/** Only the members that differ; all of what comes or goes. */
export function changeOf(
  subject: string,
  before: object | undefined,
  after: object | undefined,
): ConfigurationChange[] {
  if (!before || !after) return [{ subject, before: before ?? null, after: after ?? null }];
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const members = [...was.keys()].filter((member) => !isSame(was.get(member), is.get(member)));
  if (members.length === 0) return [];
  const only = (from: ReadonlyMap<string, unknown>) =>
    Object.fromEntries(members.map((member) => [member, from.get(member)]));
  return [{ subject, before: only(was), after: only(is) }];
}

/** Documents are in one spelling, so what means the same is written the same. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

import type { Agent, ContactCenter } from '../directory/contact-center.js';
import type { Sliceable } from '../http/slices.js';
import { printAddress } from '../sip/address.js';
import { byName, partChanges } from './part-changes.js';

/**
 * The addresses whose bindings may differ after a change, those that are gone included. Small on purpose: each one costs
 * requests to every registrar, and a contact center may have 20,000.
 */
export function* affectedAddresses(
  before: ContactCenter | undefined,
  after: ContactCenter | undefined,
): Sliceable<Set<string>> {
  const users =
    locationsOf(before) === locationsOf(after) ? yield* changed(before, after) : all(before, after);
  const domain = (after ?? before)?.domain ?? '';
  return new Set([...users].map((user) => printAddress({ user, domain })));
}

function locationsOf(center: ContactCenter | undefined): string {
  return JSON.stringify(center?.locations.map(({ uri, priority }) => [priority, uri]));
}

function all(...centers: (ContactCenter | undefined)[]): Set<string> {
  const parts = centers.flatMap((c) => (c ? [...c.skillsets, ...c.treatments, ...c.agents] : []));
  return new Set(parts.map(({ name }) => name));
}

function* changed(
  before: ContactCenter | undefined,
  after: ContactCenter | undefined,
): Sliceable<Set<string>> {
  const users = new Set<string>();
  const moved = partChanges(before?.treatments, after?.treatments, byName)
    .filter(({ old, now }) => old?.uri !== now?.uri)
    .map(({ old, now }) => (old ?? now)?.name);
  for (const name of moved) if (name !== undefined) users.add(name);
  const touched = partChanges(before?.skillsets, after?.skillsets, byName)
    .filter(({ old, now }) => !old || !now || old.treatment !== now.treatment)
    .flatMap(({ old, now }) => old ?? now ?? []);
  const bereft =
    after?.skillsets.filter(({ treatment }) => treatment !== null && moved.includes(treatment)) ?? [];
  for (const { name } of [...touched, ...bereft]) users.add(name);
  for (const { old, now } of partChanges(before?.agents, after?.agents, byName)) {
    yield;
    const came = now ?? old;
    if (came && !(old && now)) users.add(came.name);
    for (const skillset of changedSkills(old, now)) users.add(skillset);
    if (heldContactsOf(old) === heldContactsOf(now)) continue;
    for (const user of came ? [came.name, ...Object.keys(came.skills)] : []) users.add(user);
  }
  return users;
}

/** Those that registrars hold, in their order. */
function heldContactsOf(agent: Agent | undefined): string {
  return (agent?.contacts ?? []).flatMap(({ uri, when }) => (when === 'always' ? uri : [])).join(' ');
}

function changedSkills(old: Agent | undefined, now: Agent | undefined): string[] {
  const before = new Map(Object.entries(old?.skills ?? {}));
  const after = new Map(Object.entries(now?.skills ?? {}));
  return [...new Set([...before.keys(), ...after.keys()])].filter((s) => before.get(s) !== after.get(s));
}

import type { Agent, ContactCenter, Location, Skillset, Treatment } from '../directory/contact-center.js';
import type { Sliceable } from '../http/slices.js';
import { parseUri, printUri } from '../sip/uri.js';
import { canonicalPolicy } from './policy.js';

/**
 * One document for everything that means the same, whatever order or spelling it came in: so its ETag doesn't change
 * when Postgres gives it back, and a PUT of what GET answered changes nothing. Parts that are as they were in `before` are
 * the same objects: of 20,000 agents, those who changed are found without comparing the others again. The document must
 * have passed its check.
 */
export function* canonical(center: ContactCenter, before?: ContactCenter): Sliceable<ContactCenter> {
  const { domain, mode, expiry, failover_on, headers } = center;
  const { min_seconds, default_seconds, max_seconds } = expiry;
  const { contact_center, agent, treatment } = failover_on;
  return {
    domain,
    mode,
    locations: (yield* sameAs(
      before?.locations,
      center.locations.map(canonicalLocation),
      ({ uri }) => uri,
    )).sort((a, b) => a.priority - b.priority),
    treatments: yield* canonicalParts(before?.treatments, center.treatments, canonicalTreatment),
    skillsets: yield* canonicalParts(before?.skillsets, center.skillsets, canonicalSkillset),
    agents: yield* canonicalParts(before?.agents, center.agents, canonicalAgent),
    expiry: { min_seconds, default_seconds, max_seconds },
    failover_on: { contact_center, agent, treatment },
    headers,
    ...canonicalPolicy(center),
  };
}

function canonicalLocation({ uri, priority, fr_timer_ms }: Location): Location {
  return { uri: canonicalUri(uri), priority, fr_timer_ms };
}

function canonicalTreatment({ name, kind, uri, fr_timer_ms, hold_seconds }: Treatment): Treatment {
  return { name, kind, uri: canonicalUri(uri), fr_timer_ms, hold_seconds };
}

function canonicalSkillset({ name, treatment, ring_seconds, order, group_size }: Skillset): Skillset {
  return { name, treatment, ring_seconds, order, group_size };
}

function canonicalAgent({ name, skills, weight, contacts }: Agent): Agent {
  return {
    name,
    skills: Object.fromEntries(Object.entries(skills).sort(([a], [b]) => (a < b ? -1 : 1))),
    weight,
    contacts: contacts.map(({ uri, when }) => ({ uri: canonicalUri(uri), when })),
  };
}

function canonicalUri(uri: string): string {
  return printUri(parseUri(uri));
}

function* canonicalParts<T extends { readonly name: string }>(
  before: readonly T[] | undefined,
  parts: readonly T[],
  canonicalPart: (part: T) => T,
): Sliceable<T[]> {
  const known = new Set(before);
  const printed: T[] = [];
  for (const part of parts) {
    printed.push(known.has(part) ? part : canonicalPart(part));
    yield;
  }
  return (yield* sameAs(before, printed, ({ name }) => name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Each part, or the one that it equals. */
function* sameAs<T extends object>(
  before: readonly T[] = [],
  parts: readonly T[],
  keyOf: (part: T) => string,
): Sliceable<T[]> {
  const known = new Map(before.map((part) => [keyOf(part), part]));
  const same: T[] = [];
  for (const part of parts) {
    const old = known.get(keyOf(part));
    same.push(old && (old === part || JSON.stringify(old) === JSON.stringify(part)) ? old : part);
    yield;
  }
  return same;
}

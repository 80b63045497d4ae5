import { canonicalIp } from '../directory/canonical-ip.js';
import type { ContactCenter, FailoverOn, Treatment } from '../directory/contact-center.js';
import { canonicalNetwork } from '../directory/networks.js';
import type { FieldError } from '../errors.js';
import type { Sliceable } from '../http/slices.js';
import { MAX_URI, printUri, type SipUri, withUser } from '../sip/uri.js';
import { checkContacts } from './check-contacts.js';
import { checkUri, type Fault } from './check-uri.js';
import { failoverPatternFault } from './failover-pattern.js';
import { LEVELS, LIMITS, NAME } from './limits.js';

/** Everything that is wrong with a document beyond its schema, in the order of the document. */
export function* checkContactCenter(center: ContactCenter): Sliceable<FieldError[]> {
  const faults: FieldError[] = [];
  const fault = (field: string, detail: string) => void faults.push({ field, detail });
  checkSizes(center, fault);
  const locations = checkLocations(center, fault);
  checkTreatments(center, locations, fault);
  checkSkillsets(center, fault);
  yield* checkSkills(center, fault);
  yield* checkContacts(center, fault);
  yield* checkNames(center, fault);
  checkExpiry(center, fault);
  for (const role of ['contact_center', 'agent', 'treatment'] satisfies (keyof FailoverOn)[]) {
    const found = failoverPatternFault(center.failover_on[role]);
    if (found) fault(`/failover_on/${role}`, found);
  }
  checkPolicy(center, fault);
  return faults;
}

function checkSizes(center: ContactCenter, fault: Fault): void {
  for (const list of ['locations', 'treatments', 'skillsets', 'agents'] as const) {
    if (center[list].length > LIMITS[list]) fault(`/${list}`, `has more than ${LIMITS[list]} entries`);
  }
}

function checkLocations({ locations }: ContactCenter, fault: Fault): SipUri[] {
  if (locations.length === 0) fault('/locations', 'must have at least one entry');
  const uris = new Map<string, number>();
  const priorities = new Map<number, number>();
  const parsed: SipUri[] = [];
  for (const [i, { uri, priority }] of locations.entries()) {
    const location = checkUri(uri, `/locations/${i}/uri`, fault);
    if (location) {
      parsed.push(location);
      const first = firstOf(uris, printUri(location), i);
      if (first !== i) fault(`/locations/${i}/uri`, `is the URI of /locations/${first} already`);
    }
    const first = firstOf(priorities, priority, i);
    if (first !== i) fault(`/locations/${i}/priority`, `is the priority of /locations/${first} already`);
  }
  return parsed;
}

/** At the contact center's own location a treatment would be bound twice to one address. */
function checkTreatments(center: ContactCenter, locations: readonly SipUri[], fault: Fault): void {
  for (const [i, treatment] of center.treatments.entries()) {
    const field = `/treatments/${i}/uri`;
    const uri = checkUri(treatment.uri, field, fault);
    if (!uri || !NAME.test(treatment.name)) continue;
    const contact = printUri(withUser(uri, treatment.name));
    const called = calledAs(center, treatment);
    if (locations.some((location) => called.some((user) => printUri(withUser(location, user)) === contact))) {
      fault(field, "is the contact center's own location");
    }
  }
}

/** The users of the addresses that this treatment is bound to. */
function calledAs({ skillsets }: ContactCenter, { name }: Treatment): string[] {
  const users = skillsets.filter((skillset) => skillset.treatment === name).map((skillset) => skillset.name);
  return [name, ...users.filter((user) => NAME.test(user))];
}

function checkSkillsets({ skillsets, treatments }: ContactCenter, fault: Fault): void {
  const known = new Set(treatments.map((treatment) => treatment.name));
  for (const [i, { treatment }] of skillsets.entries()) {
    if (treatment !== null && !known.has(treatment))
      fault(`/skillsets/${i}/treatment`, 'no treatment has this name');
  }
}

function* checkSkills({ agents, skillsets }: ContactCenter, fault: Fault): Sliceable<void> {
  const known = new Set(skillsets.map((skillset) => skillset.name));
  for (const [i, { skills }] of agents.entries()) {
    yield;
    for (const [skillset, level] of Object.entries(skills)) {
      const found = skillFault(known, skillset, level);
      if (found) fault(`/agents/${i}/skills/${skillset.replaceAll('~', '~0').replaceAll('/', '~1')}`, found);
    }
  }
}

function skillFault(known: ReadonlySet<string>, skillset: string, level: number): string | null {
  if (!known.has(skillset)) return 'no skillset has this name';
  if (Number.isInteger(level) && level >= LEVELS.minimum && level <= LEVELS.maximum) return null;
  return `must be an integer from ${LEVELS.minimum} to ${LEVELS.maximum}`;
}

/** Skillsets, treatments and agents share the users of one domain's addresses. */
function* checkNames(center: ContactCenter, fault: Fault): Sliceable<void> {
  const longest = MAX_URI - `sip:@${center.domain}`.length;
  const owners = new Map<string, readonly [list: string, place: number]>();
  for (const list of ['skillsets', 'treatments', 'agents'] as const) {
    for (const [i, { name }] of center[list].entries()) {
      yield;
      const found = nameFault(name, longest);
      if (found) fault(`/${list}/${i}/name`, found);
      // Addresses are told apart whatever their case, as registrars do.
      const owner = owners.get(name.toLowerCase());
      if (owner) fault(`/${list}/${i}/name`, `is the name of /${owner.join('/')} already`);
      else owners.set(name.toLowerCase(), [list, i]);
    }
  }
}

function nameFault(name: string, longest: number): string | null {
  if (!NAME.test(name)) {
    return 'must be 1 to 63 letters, digits, ".", "_", "+" or "-", the first a letter or digit';
  }
  return name.length > longest ? 'makes an address that is too long in this domain' : null;
}

function checkExpiry({ expiry }: ContactCenter, fault: Fault): void {
  const { min_seconds, default_seconds, max_seconds } = expiry;
  if (min_seconds > max_seconds) fault('/expiry/min_seconds', 'must not be above max_seconds');
  else if (default_seconds < min_seconds || default_seconds > max_seconds)
    fault('/expiry/default_seconds', 'must be from min_seconds to max_seconds');
}

function checkPolicy(
  { health, drill_sources, allowed_networks, caller_networks }: ContactCenter,
  fault: Fault,
): void {
  if (health.failures > health.of) fault('/health/failures', 'must not be above of');
  if (health.longest_hold_seconds < health.hold_seconds)
    fault('/health/longest_hold_seconds', 'must not be below hold_seconds');
  for (const [i, source] of drill_sources.entries()) {
    if (canonicalIp(source) === null) fault(`/drill_sources/${i}`, 'is not an IP address');
  }
  for (const [field, networks] of Object.entries({ allowed_networks, caller_networks })) {
    for (const [i, network] of (networks ?? []).entries()) {
      if (canonicalNetwork(network) === null) fault(`/${field}/${i}`, 'is not a network such as 10.0.0.0/8');
    }
  }
}

/** Who had the key first: the one given, unless somebody had it before. */
function firstOf<K, V>(seen: Map<K, V>, key: K, value: V): V {
  const first = seen.get(key);
  if (first !== undefined) return first;
  seen.set(key, value);
  return value;
}

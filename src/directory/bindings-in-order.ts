/**
 * The bindings of one address in the order in which a call takes them (B1, B2, B4, B7, B11): the contact center's
 * locations, then agents' endpoints and fixed contacts, then the treatment. q falls strictly from one to the next, since Kamailio rings
 * equal ones at once. In thousandths (RFC 3261 §20.10 allows three decimals):
 *
 *     1000 …       the contact center's locations
 *     899 … 100    agents on a skillset's address
 *     500 …        an agent's endpoints on the agent's own address
 *     490 …        and the agent's fixed contacts there
 *     10           the treatment
 */
import { parseUri, printUri, withUser } from '../sip/uri.js';
import { agentQs, MAX_HELD, ROOM } from './agent-qs.js';
import { type Agent, FR_TIMER_MS, type Treatment } from './contact-center.js';
import type { Directory, ResolvedAddress } from './directory.js';
import type { Endpoint } from './endpoint.js';
import { locationsInOrder } from './locations-in-order.js';

export interface Binding {
  readonly aor: string;
  readonly contact: string;
  /** In thousandths. */
  readonly q: number;
  readonly role: 'contact_center' | 'agent' | 'treatment';
  readonly agent: string | null;
  readonly endpoint: Endpoint | null;
  readonly path: string | null;
  readonly received: string | null;
  readonly fr_timer_ms: number;
  readonly because: string;
}

const FIRST_LOCATION_Q = 1_000;
const FIRST_OWN_Q = 500;
const TREATMENT_Q = 10;

export function bindingsInOrder(
  directory: Directory,
  resolved: ResolvedAddress,
  limits: { readonly agents: number },
  now: number,
): Binding[] {
  return [
    ...locationBindings(resolved),
    ...agentBindings(directory, resolved, Math.min(limits.agents, MAX_HELD), now),
    ...treatmentBindings(directory, resolved),
  ];
}

function locationBindings({ center, aor, user }: ResolvedAddress): Binding[] {
  return locationsInOrder(center.locations).map((location, i) => ({
    ...NOBODY,
    aor,
    contact: printUri(withUser(parseUri(location.uri), user)),
    q: FIRST_LOCATION_Q - i,
    role: 'contact_center',
    fr_timer_ms: location.fr_timer_ms,
    because: `location ${i + 1}`,
  }));
}

function agentBindings(
  directory: Directory,
  resolved: ResolvedAddress,
  limit: number,
  now: number,
): Binding[] {
  const { center, aor } = resolved;
  if (resolved.kind === 'agent') {
    return phonesOf(directory, center.domain, resolved.agent, now)
      .slice(0, limit)
      .map((phone) =>
        phoneBinding(aor, phone, FIRST_OWN_Q - phone.nth, phone.endpoint ? 'own endpoint' : 'own contact'),
      );
  }
  if (resolved.kind === 'treatment') return [];
  const { name } = resolved.skillset;
  const skilled = directory.agentsOf(center.domain, name);
  const held: (Phone & { rank: number; level: number })[] = [];
  for (const [rank, { agent, level }] of skilled.entries()) {
    if (held.length >= limit) break;
    const phones = phonesOf(directory, center.domain, agent, now);
    held.push(...phones.map((phone) => ({ ...phone, rank, level })));
  }
  const best = held.slice(0, limit);
  const qs = agentQs(best, skilled.length);
  return best.map((phone, i) =>
    phoneBinding(
      aor,
      phone,
      qs[i] as number,
      `${name} level ${phone.level}${phone.endpoint ? '' : ', contact'}`,
    ),
  );
}

/** One place at which an agent is reached: an endpoint, or a fixed contact. */
interface Phone {
  readonly agent: string;
  readonly contact: string;
  readonly endpoint: Endpoint | null;
  /** Its place among the agent's. */
  readonly nth: number;
}

/**
 * The endpoints, then the contacts that aren't for a bypass only. Contacts come after as many endpoints as there may be,
 * so that their q stays when endpoints come and go.
 */
function phonesOf(directory: Directory, domain: string, { name, contacts }: Agent, now: number): Phone[] {
  const endpoints = directory
    .endpointsOf(domain, name, now)
    .map((endpoint, nth): Phone => ({ agent: name, contact: endpoint.contact, endpoint, nth }));
  const fixed = contacts
    .filter(({ when }) => when === 'always')
    .map(({ uri }, i): Phone => ({ agent: name, contact: uri, endpoint: null, nth: ROOM + i }));
  return fixed.length > 0 ? [...endpoints, ...fixed] : endpoints;
}

function phoneBinding(aor: string, { agent, contact, endpoint }: Phone, q: number, because: string): Binding {
  const path = endpoint?.path ?? null;
  const received = endpoint?.received ?? null;
  const fr_timer_ms = FR_TIMER_MS;
  const why = endpoint && endpoint.held_since !== null ? `${because}, held` : because;
  return { aor, contact, q, role: 'agent', agent, endpoint, path, received, fr_timer_ms, because: why };
}

function treatmentBindings(directory: Directory, resolved: ResolvedAddress): Binding[] {
  const treatment = treatmentOf(directory, resolved);
  if (!treatment) return [];
  const { uri, fr_timer_ms, name } = treatment;
  const because = `treatment ${name}`;
  const contact = printUri(withUser(parseUri(uri), name));
  return [{ ...NOBODY, aor: resolved.aor, contact, q: TREATMENT_Q, role: 'treatment', fr_timer_ms, because }];
}

function treatmentOf(directory: Directory, resolved: ResolvedAddress): Treatment | undefined {
  if (resolved.kind === 'treatment') return resolved.treatment;
  if (resolved.kind !== 'skillset' || resolved.skillset.treatment === null) return undefined;
  return directory.treatment(resolved.center.domain, resolved.skillset.treatment);
}

const NOBODY = { agent: null, endpoint: null, path: null, received: null } as const;

/**
 * The bindings of one address in the order in which a call takes them (B1, B2, B4, B7, B11): the contact center's
 * locations, then agents' endpoints, then the treatment. q falls strictly from one to the next, since Kamailio rings
 * equal ones at once. In thousandths (RFC 3261 §20.10 allows three decimals):
 *
 *     1000 …       the contact center's locations
 *     899 … 100    agents on a skillset's address
 *     500 …        an agent's endpoints on the agent's own address
 *     10           the treatment
 */
import { parseUri, printUri, withUser } from '../sip/uri.js';
import { agentQs, MAX_HELD } from './agent-qs.js';
import { FR_TIMER_MS, type Treatment } from './contact-center.js';
import type { Directory, ResolvedAddress } from './directory.js';
import type { Endpoint } from './endpoint.js';

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
const FIRST_OWN_ENDPOINT_Q = 500;
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
  return [...center.locations]
    .sort((a, b) => a.priority - b.priority || (a.uri < b.uri ? -1 : 1))
    .map((location, i) => ({
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
    return directory
      .endpointsOf(center.domain, resolved.agent.name, now)
      .slice(0, limit)
      .map((endpoint, i) => endpointBinding(aor, endpoint, FIRST_OWN_ENDPOINT_Q - i, 'own endpoint'));
  }
  if (resolved.kind === 'treatment') return [];
  const { name } = resolved.skillset;
  const skilled = directory.agentsOf(center.domain, name);
  const held: { endpoint: Endpoint; rank: number; nth: number; level: number }[] = [];
  for (const [rank, { agent, level }] of skilled.entries()) {
    if (held.length >= limit) break;
    const endpoints = directory.endpointsOf(center.domain, agent.name, now);
    held.push(...endpoints.map((endpoint, nth) => ({ endpoint, rank, nth, level })));
  }
  const best = held.slice(0, limit);
  const qs = agentQs(best, skilled.length);
  return best.map(({ endpoint, level }, i) =>
    endpointBinding(aor, endpoint, qs[i] as number, `${name} level ${level}`),
  );
}

function endpointBinding(aor: string, endpoint: Endpoint, q: number, because: string): Binding {
  const { contact, agent, path, received } = endpoint;
  return {
    aor,
    contact,
    q,
    role: 'agent',
    agent,
    endpoint,
    path,
    received,
    fr_timer_ms: FR_TIMER_MS,
    because,
  };
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

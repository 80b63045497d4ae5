/**
 * What a REGISTER changes (RFC 3261 §10.3): decided in full before anything is changed, so that it is all or nothing.
 */
import type { Agent, ContactCenter } from '../directory/contact-center.js';
import type { Endpoint } from '../directory/endpoint.js';
import { endpointKey } from '../directory/endpoint-key.js';
import { isLocation } from '../directory/is-location.js';
import { Problem } from '../errors.js';
import type { ContactValue } from '../sip/contact.js';
import { acceptedExpiry } from './accepted-expiry.js';
import { grantExpiry } from './grant-expiry.js';
import type { ParsedRegister } from './parse-register.js';
import type { GrantingTurn } from './turn.js';

/** So many phones may one agent have; each costs a place in every list. */
export const MAX_ENDPOINTS = 10;

export interface Standing {
  readonly center: ContactCenter;
  readonly agent: Agent;
  /** The agent's live endpoints. */
  readonly endpoints: readonly Endpoint[];
  /** The highest CSeq that was heard for this address under this Call-ID, when it is known. */
  readonly highestCseq: number | undefined;
  readonly turn: GrantingTurn;
}

/** What identifies a binding that a registrar may hold and shall not any more. */
export type Withdrawal = Pick<
  Endpoint,
  'domain' | 'agent' | 'key' | 'contact' | 'instance' | 'reg_id' | 'path' | 'received'
>;

export interface RegistrationPlan {
  /** New and refreshed endpoints. */
  readonly put: readonly Endpoint[];
  readonly remove: readonly Endpoint[];
  /** The endpoints that this REGISTER is about: `put`, or what is there already when it says nothing new. */
  readonly registered: readonly Endpoint[];
  readonly withdrawn: readonly Withdrawal[];
  /** Keys that were there before: their registrations may be held somewhere. */
  readonly refreshed: ReadonlySet<string>;
}

/** Throws a Problem: `stale_cseq`, `interval_too_brief` or `bad_request`. */
export function planRegistration(standing: Standing, request: ParsedRegister, now: number): RegistrationPlan {
  const granted = grantedTo(standing, request);
  refuseLocations(standing.center, granted);
  const order = orderOf(standing, request);
  if (order === 'older') throw stale();
  const plan = apply(standing, request, granted, now);
  if (order === 'newer') return plan;
  if (!saysNothingNew(plan, standing.endpoints)) throw stale();
  const there = new Map(standing.endpoints.map((endpoint) => [endpoint.key, endpoint]));
  return { ...plan, put: [], registered: plan.put.map(({ key }) => there.get(key) as Endpoint) };
}

function grantedTo({ center, turn }: Standing, request: ParsedRegister) {
  return turn.kind === 'accepted'
    ? acceptedExpiry(turn.answer, request, center.expiry.default_seconds)
    : grantExpiry(turn.bounds, request);
}

/**
 * The contact center is no phone: as an agent's endpoint it would be called again when it has failed, and again. It comes
 * here when an edge that the registrar doesn't trust (its addresses.list) sends what has been decided already.
 */
function refuseLocations(
  center: ContactCenter,
  granted: readonly { contact: ContactValue; expires: number }[],
): void {
  if (!granted.some(({ contact, expires }) => expires > 0 && isLocation(center, contact.uri))) return;
  throw Problem.badFields([{ field: '/contact', detail: "is the contact center's own location" }]);
}

function apply(
  { center, agent, endpoints, turn }: Standing,
  request: ParsedRegister,
  granted: readonly { contact: ContactValue; expires: number }[],
  now: number,
): RegistrationPlan {
  const { domain } = center;
  const before = new Map(endpoints.map((endpoint) => [endpoint.key, endpoint]));
  const live = new Map(request.contact.star ? [] : before);
  const put = new Map<string, Endpoint>();
  const withdrawn: Withdrawal[] = request.contact.star ? [...endpoints] : [];

  // Withdrawals first: "old contact;expires=0, new contact" of one device may come in either order.
  for (const { contact } of granted.filter(({ expires }) => expires === 0)) {
    const { instance, reg_id, uri } = contact;
    const key = endpointKey(contact);
    const stored = live.get(key) ?? twinOf(live.values(), uri, request);
    const { path, received } = request;
    withdrawn.push({ domain, agent: agent.name, key, contact: uri, instance, reg_id, path, received });
    if (!stored) continue;
    live.delete(stored.key);
    if (stored.key !== key || stored.contact !== uri) withdrawn.push(stored);
  }
  for (const { contact, expires } of granted.filter(({ expires }) => expires > 0)) {
    const key = endpointKey(contact);
    const stored = live.get(key);
    const twin = stored ? undefined : twinOf(live.values(), contact.uri, request);
    if (twin) {
      live.delete(twin.key);
      put.delete(twin.key);
    }
    if (stored && stored.contact !== contact.uri) withdrawn.push(stored);
    const since = stored ?? twin ?? before.get(key);
    const endpoint: Endpoint = {
      ...{ domain, agent: agent.name, key, contact: contact.uri },
      ...{
        instance: contact.instance,
        reg_id: contact.reg_id,
        path: request.path,
        received: request.received,
      },
      ...{ user_agent: request.user_agent, node: request.node, call_id: request.call_id, cseq: request.cseq },
      ...{ expires, expires_at: now + expires * 1000, registered_at: since?.registered_at ?? now },
      held_since: null,
      on_behalf: turn.kind === 'on_behalf',
    };
    live.set(key, endpoint);
    put.set(key, endpoint);
  }
  if (live.size > MAX_ENDPOINTS) {
    const detail = `would be endpoint ${live.size} of this agent; ${MAX_ENDPOINTS} are allowed`;
    throw Problem.badFields([{ field: '/contact', detail }]);
  }
  return {
    put: [...put.values()],
    remove: endpoints.filter(({ key }) => !live.has(key)),
    registered: [...put.values()],
    // By its URI alone where the device stays: by the instance, a registrar would find the binding that is new.
    withdrawn: withdrawn.map((old) => (put.has(old.key) ? { ...old, instance: null, reg_id: null } : old)),
    refreshed: new Set(before.keys()),
  };
}

/**
 * The same device under another key: it has taken or lost its instance. Phones behind two NATs may well have one
 * contact URI, so Path and source must be equal as well.
 */
function twinOf(live: Iterable<Endpoint>, uri: string, request: ParsedRegister): Endpoint | undefined {
  return [...live].find(
    ({ contact, path, received }) =>
      contact === uri && path === request.path && received === request.received,
  );
}

function orderOf({ endpoints, highestCseq }: Standing, request: ParsedRegister): 'older' | 'same' | 'newer' {
  const heard = endpoints.filter(({ call_id }) => call_id === request.call_id).map(({ cseq }) => cseq);
  const highest = Math.max(highestCseq ?? -1, ...heard);
  if (request.cseq < highest) return 'older';
  return request.cseq === highest ? 'same' : 'newer';
}

/** A repeat of which the first answer is forgotten: everything that it asks for is so already. */
function saysNothingNew({ put, remove }: RegistrationPlan, endpoints: readonly Endpoint[]): boolean {
  const isThere = (wanted: Endpoint) =>
    endpoints.some(
      ({ key, contact, call_id, cseq }) =>
        key === wanted.key &&
        contact === wanted.contact &&
        call_id === wanted.call_id &&
        cseq === wanted.cseq,
    );
  return remove.length === 0 && put.every(isThere);
}

function stale(): Problem {
  return new Problem('stale_cseq', 'A REGISTER with this Call-ID and the same or a higher CSeq came before');
}

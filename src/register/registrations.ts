/**
 * Which registrations a REGISTER makes due (B10, B12): its own device's, and what no registrar is known to hold of the
 * contact center's and the treatments'. Never another agent's, so that the answer may be replayed at any time.
 */
import { agentAddresses } from '../directory/agent-addresses.js';
import type { Binding } from '../directory/bindings-in-order.js';
import type { Agent, ContactCenter } from '../directory/contact-center.js';
import type { Directory, ResolvedAddress } from '../directory/directory.js';
import type { Endpoint } from '../directory/endpoint.js';
import { heldBindings } from '../directory/held-bindings.js';
import { endpointRegistration, generatedCseq, hashedCallId } from '../kamailio/endpoint-registration.js';
import type { Registration } from '../kamailio/registration.js';
import type { RegistrationPlan, Withdrawal } from './plan-registration.js';

export interface Registering {
  /** With the plan applied. */
  readonly directory: Directory;
  readonly center: ContactCenter;
  readonly agent: Agent;
  readonly plan: RegistrationPlan;
  /** Of the phone's REGISTER. */
  readonly call_id: string;
  readonly cseq: number;
  /** Whether every registrar is known to hold this for good. */
  holds(aor: string, contact: string): boolean;
}

export function registrationsFor(registering: Registering, now: number): Registration[] {
  const { directory, center, agent } = registering;
  const addresses = agentAddresses(directory, center, agent);
  return [...addresses, ...treatmentAddresses(directory, addresses)].flatMap((resolved) =>
    onAddress(registering, resolved, now),
  );
}

function onAddress(registering: Registering, resolved: ResolvedAddress, now: number): Registration[] {
  const { directory, plan } = registering;
  const held = heldBindings(directory, resolved, now);
  const due = held.flatMap((binding) => whenDue(registering, resolved, binding, now));
  if (resolved.kind === 'treatment') return due;
  const displaced = plan.registered.filter(({ key }) => plan.refreshed.has(key));
  const withdrawals = [...plan.withdrawn, ...displaced]
    // What another device is reached at stays, even if it is the same URI.
    .filter(({ contact }) => !held.some((binding) => binding.contact === contact))
    .map((device) => deviceRegistration(registering, resolved, device, { q: 0, expires: 0 }, now));
  return [...withdrawals, ...due];
}

function whenDue(
  registering: Registering,
  resolved: ResolvedAddress,
  binding: Binding,
  now: number,
): Registration[] {
  const { registered } = registering.plan;
  if (registered.length === 0) return [];
  const { aor, contact, q, role, path, received, endpoint } = binding;
  if (endpoint) {
    const mine = registered.some(({ key, agent }) => key === endpoint.key && agent === endpoint.agent);
    const expires = remaining(endpoint, now);
    return mine ? [deviceRegistration(registering, resolved, endpoint, { q, expires }, now)] : [];
  }
  // Another agent's fixed contact is that agent's, even though no REGISTER brought it.
  if (role === 'agent' && binding.agent !== registering.agent.name) return [];
  // On the agent's own address the contact center's ride on the phone's REGISTER (B10).
  const rides = resolved.kind === 'agent' && role !== 'agent';
  if (!rides && registering.holds(aor, contact)) return [];
  const expires = Math.max(...registered.map((mine) => remaining(mine, now)));
  const call_id = hashedCallId([aor, contact, now]);
  const cseq = generatedCseq(now);
  return [{ aor, contact, q, expires, role, call_id, cseq, path, received, instance: null, reg_id: null }];
}

function deviceRegistration(
  { center, call_id, cseq }: Registering,
  { kind, aor }: ResolvedAddress,
  device: Withdrawal,
  { q, expires }: { q: number; expires: number },
  now: number,
): Registration {
  const own = kind === 'agent';
  const generated = endpointRegistration(device, { aor, own, q, expires }, now);
  // A pass-through proxy forwards the phone's own REGISTER (B5, B13).
  return own && center.mode === 'proxy' ? { ...generated, call_id, cseq } : generated;
}

/** The addresses of the treatments that the agent's skillsets end in. */
function treatmentAddresses(directory: Directory, addresses: readonly ResolvedAddress[]): ResolvedAddress[] {
  const names = addresses.flatMap((a) => (a.kind === 'skillset' ? (a.skillset.treatment ?? []) : []));
  return [...new Set(names)]
    .sort()
    .flatMap((user) => directory.resolve({ user, domain: addresses[0]?.center.domain ?? '' }) ?? []);
}

/** Seconds, rounded up: what was just granted is the number that was granted. */
export function remaining(endpoint: Endpoint, now: number): number {
  return Math.max(0, Math.ceil((endpoint.expires_at - now) / 1000));
}

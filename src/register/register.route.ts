import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { agentAddresses } from '../directory/agent-addresses.js';
import type { Agent, ContactCenter } from '../directory/contact-center.js';
import type { Endpoint } from '../directory/endpoint.js';
import { locationsInOrder } from '../directory/locations-in-order.js';
import { Problem } from '../errors.js';
import type { Registrars } from '../kamailio/registrars.js';
import type { Registration } from '../kamailio/registration.js';
import { type BypassDeps, inBypass } from '../live/bypass.js';
import type { LiveCalls } from '../live/live-calls.js';
import { printQ } from '../sip/q-value.js';
import type { AcceptedEndpoints } from './accepted-endpoints.js';
import { credentialsRoute } from './credentials.route.js';
import { rowOf } from './endpoint-change.js';
import { EndpointExpiry, type ExpiryDeps } from './expire-endpoints.js';
import { forgetAccepted } from './forget-accepted.js';
import { HeldChecks } from './held-checks.js';
import { type ParsedRegister, parseRegister } from './parse-register.js';
import { planRegistration } from './plan-registration.js';
import { type HeardRegister, RecentRegisters } from './recent-registers.js';
import { refuseContacts } from './refuse-contacts.js';
import { RegisterDocument, RegisterRequest } from './register.schema.js';
import { registrationsFor, remaining } from './registrations.js';
import { type GrantingTurn, turnOf } from './turn.js';
import { whose } from './whose.js';

/** The other instances of the service. */
export interface OtherRegisters {
  registered(heard: HeardRegister): void;
  follow(listener: (heard: HeardRegister) => void): void;
}

export interface RegisterDeps extends ExpiryDeps, BypassDeps {
  readonly endpoints: ExpiryDeps['endpoints'] & {
    /** Tells of those that another instance has removed. */
    followGone(listener: (gone: Pick<Endpoint, 'domain' | 'agent' | 'key'>) => void): void;
  };
  readonly otherRegisters: OtherRegisters;
  readonly accepted: AcceptedEndpoints;
  readonly calls: Pick<LiveCalls, 'follow'>;
  readonly registrars: Pick<Registrars, 'changed' | 'commands' | 'holds' | 'isThere' | 'sent'>;
}

/** So long an answer waits for Postgres: the script asks another instance after 500 ms, and without one gives up after 1,000. */
const STORED_WITHIN_MS = 400;

/**
 * The journey of a REGISTER: planned and applied in one go, answered when it is in Postgres. With Postgres away it is
 * answered from memory, says so (`stored`), and is written later.
 */
export function registerJourney(app: FastifyInstance, deps: RegisterDeps): void {
  const recent = new RecentRegisters();
  const expiry = new EndpointExpiry(deps);
  const checks = new HeldChecks({ ...deps, log: app.log });
  deps.calls.follow((event) => checks.became(event));
  deps.otherRegisters.follow((heard) => recent.heard(heard));
  deps.endpoints.followGone((gone) => expiry.goneElsewhere(gone));
  const stops: (() => void)[] = [];
  app.addHook('onReady', async () => {
    stops.push(expiry.start(), checks.start(), forgetAccepted(deps));
  });
  app.addHook('onClose', async () => {
    for (const stop of stops) stop();
  });

  credentialsRoute(app, deps);
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    '/v1/register',
    {
      schema: {
        operationId: 'register',
        tags: ['routing'],
        summary: 'What registrations does this REGISTER lead to?',
        body: RegisterRequest,
        response: { 200: RegisterDocument },
      },
      config: {
        scope: 'signalling',
        subject: 'own',
        problems: [
          'proof_required',
          'unknown_agent',
          'contact_not_allowed',
          'unknown_contact_center',
          'stale_cseq',
          'interval_too_brief',
          'contact_center_down',
          'store_unavailable',
        ],
      },
    },
    (request) => {
      const parsed = parseRegister(request.body);
      const { aor } = request.body;
      request.log.debug({ call_id: parsed.call_id, node: parsed.node, aor }, 'asked for registrations');
      const { center, agent, aor: own } = whose(deps.directory, parsed.address, request.access);
      const known = recent.answerTo(parsed);
      if (known && isProved(center, parsed)) return known;
      const turn = whoseTurn(deps, center, agent, parsed);
      if (turn.kind !== 'ask' && !isProved(center, parsed)) throw unproved();
      refuseContacts(deps.directory, center, parsed);
      // Not remembered: the phone's REGISTER comes again, with what the contact center has said.
      if (turn.kind === 'ask') return toBeAsked(center, own);
      const isWaitedFor = () => !request.raw.socket.destroyed;
      const asked = { center, agent, own, parsed, turn, expiry, isWaitedFor };
      const answer = register(deps, asked, recent.highestCseq(parsed));
      recent.remember(parsed, answer);
      const { call_id, cseq, address } = parsed;
      deps.otherRegisters.registered({ call_id, user: address.user, domain: address.domain, cseq });
      return answer;
    },
  );
}

interface Asked {
  readonly center: ContactCenter;
  readonly agent: Agent;
  /** The agent's own address as we print it. */
  readonly own: string;
  readonly parsed: ParsedRegister;
  readonly turn: GrantingTurn;
  readonly expiry: EndpointExpiry;
  /** Whether the script still waits for the answer. */
  isWaitedFor(): boolean;
}

function whoseTurn(deps: RegisterDeps, center: ContactCenter, agent: Agent, request: ParsedRegister) {
  const now = deps.clock();
  const bypass = center.registers_agents && inBypass(deps, center, agent.name, now);
  const accepted = deps.accepted.of(center.domain, agent.name);
  return turnOf({ center, request, bypass, accepted }, now);
}

/**
 * Everything up to the commit happens in one turn of the event loop, so that two REGISTERs can't mix. Throws at once
 * (and has changed nothing) when the REGISTER is refused; the promise fails when Postgres is there and refuses it.
 */
function register(
  { directory, registrars, endpoints, accepted, clock }: RegisterDeps,
  { center, agent, own, parsed, turn, expiry, isWaitedFor }: Asked,
  highestCseq: number | undefined,
): Promise<RegisterDocument> {
  const now = clock();
  const { domain, mode } = center;
  const standing = {
    center,
    agent,
    endpoints: directory.endpointsOf(domain, agent.name, now),
    highestCseq,
    turn,
  };
  const plan = planRegistration(standing, parsed, now);
  if (!endpoints.hasRoomFor([...plan.remove, ...plan.put].map(rowOf))) {
    throw new Problem('store_unavailable', 'The database is away, and more bindings cannot be kept for it');
  }
  for (const device of plan.withdrawn) expiry.withdrawn(device);
  for (const endpoint of plan.remove) {
    directory.removeEndpoint(endpoint.domain, endpoint.agent, endpoint.key);
    endpoints.put(rowOf(endpoint), { kind: 'remove', endpoint });
  }
  for (const endpoint of plan.put) {
    directory.putEndpoint(endpoint);
    endpoints.put(rowOf(endpoint), { kind: 'put', endpoint });
    if (turn.kind !== 'accepted') continue;
    const { key, expires_at } = endpoint;
    const { source_ip } = parsed;
    accepted.put({ domain, agent: agent.name, key, source_ip, accepted_at: now, expires_at });
  }
  const registrations = registrationsFor(
    {
      directory,
      center,
      agent,
      plan,
      call_id: parsed.call_id,
      cseq: parsed.cseq,
      holds: (aor, contact) => registrars.holds(aor, contact),
    },
    now,
  );
  const contacts = directory
    .endpointsOf(domain, agent.name, now)
    .map((endpoint) => ({ uri: endpoint.contact, expires: remaining(endpoint, now) }));
  const aors = agentAddresses(directory, center, agent).map(({ aor }) => aor);
  return Promise.all([endpoints.stored(STORED_WITHIN_MS), accepted.stored(STORED_WITHIN_MS)]).then(
    (stored) => {
      // A script that has given up repeats what it knows instead, and the registrars need to be told.
      if (isWaitedFor()) registrars.sent(registrations, parsed.node);
      registrars.changed(aors);
      return {
        version: '1.0',
        contact_center: domain,
        aor: own,
        mode,
        contacts,
        registrations: registrations.map(asJson),
        ask_first: asksFirst(center),
        on_behalf: turn.kind === 'on_behalf',
        stored: stored.every((one) => one),
        authenticate: center.authenticate_agents,
      };
    },
    (error: unknown) => {
      // The directory has it: so the registrars get it, whatever becomes of the phone's REGISTER.
      registrars.changed(aors);
      throw new Problem('store_unavailable', 'The database refuses the registration', { cause: error });
    },
  );
}

function asJson({ q, ...registration }: Registration): RegisterDocument['registrations'][number] {
  return { ...registration, q: printQ(q) };
}

/** A contact center that has accepted the phone has asked it for its password. */
function isProved(center: ContactCenter, { authenticated, contact_center }: ParsedRegister): boolean {
  return (
    !center.authenticate_agents || authenticated || (contact_center !== null && contact_center.status < 300)
  );
}

/** Whatever the script says, or doesn't ask: without proof nothing is registered. */
function unproved(): Problem {
  return new Problem(
    'proof_required',
    "The phone must prove that it has the agent's password (POST /v1/credentials)",
  );
}

/** Nothing is due before the contact center has accepted the phone. */
async function toBeAsked(center: ContactCenter, aor: string): Promise<RegisterDocument> {
  const { domain, mode, authenticate_agents: authenticate } = center;
  const nothing = { contacts: [], registrations: [], on_behalf: false, stored: true };
  const ask_first = asksFirst(center);
  return { version: '1.0', contact_center: domain, aor, mode, ...nothing, ask_first, authenticate };
}

function asksFirst({ registers_agents, locations }: ContactCenter): RegisterDocument['ask_first'] {
  if (!registers_agents) return [];
  return locationsInOrder(locations).map(({ uri, fr_timer_ms }) => ({ uri, fr_timer_ms }));
}

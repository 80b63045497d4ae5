import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { agentAddresses } from '../directory/agent-addresses.js';
import type { Agent, ContactCenter } from '../directory/contact-center.js';
import { Problem } from '../errors.js';
import type { Registrars } from '../kamailio/registrars.js';
import type { Registration } from '../kamailio/registration.js';
import { printQ } from '../sip/q-value.js';
import { rowOf } from './endpoint-change.js';
import { type ExpiryDeps, expireEndpoints } from './expire-endpoints.js';
import { type ParsedRegister, parseRegister } from './parse-register.js';
import { planRegistration } from './plan-registration.js';
import { RecentRegisters } from './recent-registers.js';
import { RegisterDocument, RegisterRequest } from './register.schema.js';
import { registrationsFor, remaining } from './registrations.js';

export interface RegisterDeps extends ExpiryDeps {
  readonly registrars: Pick<Registrars, 'changed' | 'holds' | 'sent'>;
}

/** The journey of a REGISTER: planned and applied in one go, answered when it is in Postgres. */
export function registerJourney(app: FastifyInstance, deps: RegisterDeps): void {
  const recent = new RecentRegisters();
  let stopExpiring = () => {};
  app.addHook('onReady', async () => {
    stopExpiring = expireEndpoints(deps);
  });
  app.addHook('onClose', async () => stopExpiring());

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
        problems: [
          'unknown_agent',
          'unknown_contact_center',
          'stale_cseq',
          'interval_too_brief',
          'store_unavailable',
        ],
      },
    },
    (request) => {
      const parsed = parseRegister(request.body);
      const { aor } = request.body;
      request.log.debug({ call_id: parsed.call_id, node: parsed.node, aor }, 'asked for registrations');
      const { center, agent } = whose(deps, parsed);
      const known = recent.answerTo(parsed);
      if (known) return known;
      const isWaitedFor = () => !request.raw.socket.destroyed;
      const answer = register(deps, { center, agent, parsed, isWaitedFor }, recent.highestCseq(parsed));
      recent.remember(parsed, answer);
      return answer;
    },
  );
}

interface Asked {
  readonly center: ContactCenter;
  readonly agent: Agent;
  readonly parsed: ParsedRegister;
  /** Whether the script still waits for the answer. */
  isWaitedFor(): boolean;
}

function whose({ directory }: RegisterDeps, { address }: ParsedRegister) {
  const center = directory.contactCenter(address.domain);
  if (!center) {
    throw new Problem('unknown_contact_center', `No contact center has the domain ${address.domain}`);
  }
  const resolved = directory.resolve(address);
  if (resolved?.kind !== 'agent') {
    throw new Problem('unknown_agent', `${address.domain} has no agent of this name`);
  }
  return { center, agent: resolved.agent };
}

/**
 * Everything up to the commit happens in one turn of the event loop, so that two REGISTERs can't mix. Throws at once
 * (and has changed nothing) when the REGISTER is refused; the promise fails when Postgres doesn't take it.
 */
function register(
  { directory, registrars, endpoints, clock }: RegisterDeps,
  { center, agent, parsed, isWaitedFor }: Asked,
  highestCseq: number | undefined,
): Promise<RegisterDocument> {
  const now = clock();
  const { domain, mode } = center;
  const standing = {
    center,
    agent,
    endpoints: directory.endpointsOf(domain, agent.name, now),
    highestCseq,
  };
  const plan = planRegistration(standing, parsed, now);
  for (const endpoint of plan.remove) {
    directory.removeEndpoint(endpoint.domain, endpoint.agent, endpoint.key);
    endpoints.put(rowOf(endpoint), { kind: 'remove', endpoint });
  }
  for (const endpoint of plan.put) {
    directory.putEndpoint(endpoint);
    endpoints.put(rowOf(endpoint), { kind: 'put', endpoint });
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
  return endpoints.committed().then(
    () => {
      // A script that has given up repeats what it knows instead, and the registrars need to be told.
      if (isWaitedFor()) registrars.sent(registrations, parsed.node);
      registrars.changed(aors);
      return {
        version: '1.0',
        contact_center: domain,
        mode,
        contacts,
        registrations: registrations.map(asJson),
      };
    },
    (error: unknown) => {
      // The directory has it, Postgres will: so the registrars get it, whatever becomes of the phone's REGISTER.
      registrars.changed(aors);
      throw new Problem('store_unavailable', 'The registration could not be committed; try again later', {
        cause: error,
      });
    },
  );
}

function asJson({ q, ...registration }: Registration): RegisterDocument['registrations'][number] {
  return { ...registration, q: printQ(q) };
}

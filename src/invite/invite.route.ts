import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { canonicalIp } from '../directory/canonical-ip.js';
import { Problem } from '../errors.js';
import { Stall } from '../http/stall.js';
import { calledAddress, unknownAddress } from './called-address.js';
import { callerOf } from './caller.js';
import type { Decision } from './decision.js';
import { type ExplainDeps, explainRoutes } from './explain.route.js';
import { type CallSource, fromContactCenter } from './from-contact-center.js';
import { asKept, RouteDocument, RouteRequest } from './invite.schema.js';
import { limitsOf } from './limits-of.js';
import { callersOf, mayCall } from './may-call.js';
import { type RouteCallDeps, routeCall } from './route-call.js';

export interface InviteDeps extends ExplainDeps, RouteCallDeps {
  /** Takes the decision and returns at once: no call waits for Postgres. */
  readonly history: { decided(decision: Decision): void } & ExplainDeps['history'];
  /** Follows the call by its outcomes. */
  readonly calls: RouteCallDeps['calls'] & { domainOf(decision: string): string | undefined };
  /** For GET /metrics; every call passes here, so it only adds up. */
  readonly counts: { decided(decision: Decision): void; withoutTarget(domain: string): void };
}

/** The journey of an INVITE: answered from memory alone. */
export function inviteJourney(app: FastifyInstance, deps: InviteDeps): void {
  const { directory, history, calls, counts } = deps;
  const stall = new Stall();
  app.addHook('onClose', async () => stall.close());
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    '/v1/route',
    {
      schema: {
        operationId: 'routeCall',
        tags: ['routing'],
        summary: 'Where does this INVITE go, and where next?',
        body: RouteRequest,
        response: { 200: RouteDocument },
      },
      config: {
        scope: 'signalling',
        subject: 'own',
        problems: ['unknown_address', 'caller_not_allowed', 'no_target'],
      },
    },
    async ({ body: sent, log, access, raw: { socket } }, reply) => {
      const body = asKept(sent);
      if (await stall.hasGivenUp(socket)) {
        log.debug({ call_id: body.call_id }, 'not decided: it is not waited for any more');
        return reply.hijack();
      }
      const source = sourceOf(body, calls);
      const resolved = calledAddress(directory, body.ruri, '/ruri');
      const { center } = resolved;
      // For whoever is limited, others' calls are calls like any: the script goes on as it would without us.
      if (!access.covers(center.domain)) throw unknownAddress();
      const facts = {
        call_id: body.call_id,
        caller: callerOf(body.from ?? null),
        drill: typeof body.drill === 'string' && mayDrill(center.drill_sources, source),
        fromContactCenter: fromContactCenter(center, source),
        limits: limitsOf(directory, body.node ?? null, body.branches_used ?? 1),
      };
      // A node keeps these for when it has to do without us.
      const callers = callersOf(resolved);
      const told = callers && { address: resolved.aor, caller_networks: callers };
      if (!facts.fromContactCenter && !mayCall(callers, source.ip)) {
        const { aor } = resolved;
        log.info({ call_id: body.call_id, address: aor, source_ip: source.ip }, 'caller not allowed');
        throw new Problem('caller_not_allowed', `${aor} may not be called from there`, {
          extra: { ...told },
        });
      }
      const routed = await routeCall(deps, resolved, { request: body, facts });
      if (!routed) {
        counts.withoutTarget(center.domain);
        throw new Problem('no_target', `Nobody takes calls for ${resolved.aor} now`);
      }
      const { document, decision } = routed;
      history.decided(decision);
      counts.decided(decision);
      log.debug({ call_id: body.call_id, decision: decision.id, address: decision.address }, 'decided');
      return { ...document, ...told };
    },
  );

  explainRoutes(app, deps);
}

function sourceOf(
  { source_ip, source_port, decision }: RouteRequest,
  calls: InviteDeps['calls'],
): CallSource {
  const ip = source_ip ?? null;
  if (ip !== null && canonicalIp(ip) === null) {
    throw Problem.badFields([{ field: '/source_ip', detail: 'is not an IP address' }]);
  }
  const decidedFor = typeof decision === 'string' ? (calls.domainOf(decision) ?? null) : null;
  return { ip, port: source_port ?? null, decidedFor };
}

function mayDrill(sources: readonly string[], { ip }: CallSource): boolean {
  if (ip === null) return false;
  const caller = canonicalIp(ip);
  return sources.some((source) => canonicalIp(source) === caller);
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { uuidv7 } from 'uuidv7';
import type { Directory } from '../directory/directory.js';
import { Problem } from '../errors.js';
import { asRtjson, asTargets, type CallPlan } from './as-rtjson.js';
import { calledAddress } from './called-address.js';
import { type Decision, decisionOf } from './decision.js';
import { type CallSource, canonicalIp, fromContactCenter } from './from-contact-center.js';
import { RouteDocument, RouteRequest, TargetsDocument, TargetsQuery } from './invite.schema.js';
import { budgetOf, planCall } from './plan-call.js';
import { RecentDecisions } from './recent-decisions.js';

export interface InviteDeps {
  readonly directory: Directory;
  /** Takes the decision and returns at once: no call waits for Postgres. */
  readonly history: { decided(decision: Decision): void };
  readonly clock: () => number;
}

/** The journey of an INVITE: answered from memory alone. */
export function inviteJourney(app: FastifyInstance, { directory, history, clock }: InviteDeps): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const recent = new RecentDecisions();

  routes.post(
    '/v1/route',
    {
      schema: {
        operationId: 'routeCall',
        tags: ['routing'],
        summary: 'Where does this INVITE go, and where next?',
        body: RouteRequest,
        response: { 200: RouteDocument },
      },
      config: { problems: ['unknown_address', 'no_target'] },
    },
    async ({ body, log }) => {
      const source = sourceOf(body, recent);
      const resolved = calledAddress(directory, body.ruri, '/ruri');
      const { domain } = resolved.center;
      const now = clock();
      const call = {
        budget: budgetOf(directory, body.node ?? null),
        fromContactCenter: fromContactCenter(resolved.center, source),
      };
      const document = asRtjson(someTarget(planCall(directory, resolved, call, now)), uuidv7());
      const { decision, address, targets } = document;
      recent.add(decision, domain);
      history.decided(decisionOf(document, body, domain, now));
      log.debug({ call_id: body.call_id, decision, address, targets: targets.length }, 'decided');
      return document;
    },
  );

  routes.get(
    '/v1/targets',
    {
      schema: {
        operationId: 'listTargets',
        tags: ['insight'],
        summary: 'Where would a call go now, and where next? Nothing is recorded.',
        querystring: TargetsQuery,
        response: { 200: TargetsDocument },
      },
      config: { problems: ['unknown_address'] },
    },
    async ({ query }) => {
      const resolved = calledAddress(directory, query.address, '/address');
      const call = { budget: budgetOf(directory, query.node ?? null), fromContactCenter: false };
      return asTargets(planCall(directory, resolved, call, clock()));
    },
  );
}

function sourceOf({ source_ip, source_port, decision }: RouteRequest, recent: RecentDecisions): CallSource {
  const ip = source_ip ?? null;
  if (ip !== null && canonicalIp(ip) === null) {
    throw Problem.badFields([{ field: '/source_ip', detail: 'is not an IP address' }]);
  }
  const decidedFor = typeof decision === 'string' ? recent.decidedFor(decision) : null;
  return { ip, port: source_port ?? null, decidedFor };
}

function someTarget(plan: CallPlan): CallPlan {
  if (plan.candidates.length === 0) {
    throw new Problem('no_target', `Nobody takes calls for ${plan.resolved.aor} now`);
  }
  return plan;
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { Access } from '../access/access.js';
import { addressInQuery } from '../access/subject.js';
import { Problem } from '../errors.js';
import { nothing } from '../http/no-body.schema.js';
import type { LiveCalls } from '../live/live-calls.js';
import type { SharedLog } from '../share/shared-log.js';
import { parseAddress, printAddress } from '../sip/address.js';
import { isUnavailable, translateError } from '../store/translate-error.js';
import { asDecisions } from './as-decision.js';
import { type FoundDecision, findDecision, findReturns, listDecisions } from './find-decisions.sql.js';
import { findOutcomes } from './find-outcomes.sql.js';
import type { History } from './history.js';
import {
  DecisionDocument,
  DecisionParams,
  DecisionsDocument,
  DecisionsQuery,
  OutcomeReport,
} from './outcome.schema.js';

export interface OutcomeDeps {
  readonly history: History;
  /** Follows the calls; an outcome of a call that it doesn't know is no news. */
  readonly calls: Pick<LiveCalls, 'became' | 'domainOf'>;
  /** What the other instances hear. */
  readonly shared: Pick<SharedLog, 'taken'>;
  readonly pool: Pool;
  readonly clock: () => number;
}

/** So long an answer waits for Postgres: the script waits for 2 s, and then tells another instance. */
const STORED_WITHIN_MS = 1_000;

/** What became of calls: told by the routing scripts, read by whoever asks why. */
export function outcomeJourney(app: FastifyInstance, deps: OutcomeDeps): void {
  const { history, calls, shared, pool, clock } = deps;
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.post(
    '/v1/outcomes',
    {
      schema: {
        operationId: 'reportOutcome',
        tags: ['routing'],
        summary: 'What became of a target; repeats and late ones are harmless.',
        body: OutcomeReport,
        response: {
          202: nothing('Not written yet: whoever tells it keeps it, and tells it again until it is.'),
          204: nothing('Taken, and written; a `ringing` is written soon.'),
        },
      },
      config: { scope: 'signalling', subject: 'own' },
    },
    async (request, reply) => {
      const { decision, target, event, status = null, elapsed_ms = null, node = null } = request.body;
      const { local = null, retry_after = null, hold = null } = request.body;
      const own = await isOwn(request.access, decision).catch(whenUnknown);
      if (own === undefined) return reply.code(202).send();
      // As a late one.
      if (!own) return reply.code(204).send();
      const at = clock();
      history.became({ decision, target, event, status, elapsed_ms, node, at });
      calls.became({
        // An id has no case.
        ...{ decision: decision.toLowerCase(), target, event },
        ...{ status, local, retry_after_seconds: retry_after, at },
        ...(hold !== null && { hold }),
      });
      // No call waits for this answer; and without it another instance is told. Who answers or ends must be known after a restart, or
      // an agent would be busy for good; who rings soon does something else. A 5xx would speak against this instance, which has taken it.
      const [, stored] = await Promise.all([
        shared.taken(),
        event === 'ringing' || history.stored(STORED_WITHIN_MS),
      ]);
      return reply.code(stored ? 204 : 202).send();
    },
  );

  routes.get(
    '/v1/decisions/:id',
    {
      schema: {
        operationId: 'getDecision',
        tags: ['insight'],
        summary: 'One past decision with what became of it.',
        params: DecisionParams,
        response: { 200: DecisionDocument },
      },
      config: { scope: 'read', subject: 'own', problems: ['not_found', 'store_unavailable'] },
    },
    async (request) => {
      const [found] = await read(() => findDecision(pool, request.params.id));
      if (!found || !request.access.covers(found.contact_center))
        throw new Problem('not_found', 'No such decision is known');
      return found;
    },
  );

  routes.get(
    '/v1/decisions',
    {
      schema: {
        operationId: 'listDecisions',
        tags: ['insight'],
        summary: 'Past decisions with what became of them, the newest first.',
        querystring: DecisionsQuery,
        response: { 200: DecisionsDocument },
      },
      config: { scope: 'read', subject: addressInQuery, problems: ['store_unavailable'] },
    },
    async (request) => {
      const { address, since, limit } = request.query;
      const { domains } = request.access;
      const wanted = { address: canonicalAddress(address), domains, since: timeOf(since), limit };
      return { decisions: await read(() => listDecisions(pool, wanted)) };
    },
  );

  /** Of a limited access: what isn't known to be one of its contact centers' is another's. */
  async function isOwn(access: Access, decision: string): Promise<boolean> {
    if (access.domains === null) return true;
    const domain = calls.domainOf(decision.toLowerCase()) ?? (await storedDomain(decision));
    return domain !== undefined && access.covers(domain);
  }

  async function storedDomain(decision: string): Promise<string | undefined> {
    const [found] = await findDecision(pool, decision);
    return found?.domain;
  }

  async function read(find: () => Promise<FoundDecision[]>): Promise<DecisionDocument[]> {
    try {
      await history.committed();
      const decisions = await find();
      const returns = await findReturns(pool, idsOf(decisions));
      const outcomes = await findOutcomes(pool, idsOf([...decisions, ...returns]));
      return asDecisions(decisions, returns, outcomes);
    } catch (error) {
      return translateError(error);
    }
  }
}

/** Whose it is can't be told now: it is told again. */
function whenUnknown(error: unknown): undefined {
  if (!isUnavailable(error)) throw error;
}

function idsOf(decisions: readonly FoundDecision[]): string[] {
  return decisions.map(({ id }) => id);
}

/** As decisions are kept under it. */
function canonicalAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return Problem.inField('/address', () => printAddress(parseAddress(text)));
}

function timeOf(since: string | undefined): number {
  return since === undefined ? Number.NEGATIVE_INFINITY : Problem.timeInField('/since', since);
}

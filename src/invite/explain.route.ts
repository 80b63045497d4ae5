import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { Access } from '../access/access.js';
import { addressInQuery } from '../access/subject.js';
import { Problem } from '../errors.js';
import { asTargets } from './as-rtjson.js';
import { calledAddress } from './called-address.js';
import { callerOf } from './caller.js';
import { type Decided, decide } from './decide.js';
import { ExplainDocument, ExplainQuery } from './explain.schema.js';
import { findSituation, type RecordedDecision } from './find-situation.sql.js';
import { gatherSituation, type SituationDeps } from './gather-situation.js';
import { TargetsDocument, TargetsQuery } from './invite.schema.js';
import { limitsOf } from './limits-of.js';
import { callersOf, mayCall } from './may-call.js';
import type { Situation } from './situation.js';
import { type Supposed, suppose } from './what-if.js';

export interface ExplainDeps extends SituationDeps {
  readonly pool: Pool;
  /** Resolves when every decision made before is in Postgres. */
  readonly history: { committed(): Promise<void> };
  readonly clock: () => number;
}

/** What would become of a call, and why; nothing is recorded. */
export function explainRoutes(app: FastifyInstance, deps: ExplainDeps): void {
  const { directory, clock } = deps;
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

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
      config: { scope: 'read', subject: addressInQuery, problems: ['unknown_address'] },
    },
    async ({ query }) => {
      const { resolved, situation } = situationOf(query, '/address');
      return asTargets({ situation, decided: decide(situation), ...resolved.center });
    },
  );

  routes.get(
    '/v1/explain',
    {
      schema: {
        operationId: 'explain',
        tags: ['insight'],
        summary: 'Why does a call go where it goes, and what if something were different?',
        querystring: ExplainQuery,
        response: { 200: ExplainDocument },
      },
      config: {
        scope: 'read',
        subject: addressInQuery,
        problems: ['unknown_address', 'not_found', 'store_unavailable'],
      },
    },
    async ({ query, access }) => {
      const supposed = supposedBy(query);
      if (query.decision !== undefined) {
        if (query.address !== undefined) throw oneOfBoth();
        const recorded = await recordedDecision(query.decision, access);
        const same = decide(recorded.situation).targets.map(({ contact }) => contact);
        const situation = suppose(recorded.situation, supposed);
        return {
          ...explained(situation, decide(situation), isSame(same, recorded)),
          ...{ caller_networks: null, caller_allowed: null },
        };
      }
      if (query.address === undefined) throw oneOfBoth();
      const { resolved, situation } = situationOf({ ...query, address: query.address }, '/address');
      const changed = suppose(situation, supposed);
      const callers = callersOf(resolved);
      const caller_allowed = query.source_ip === undefined ? null : mayCall(callers, query.source_ip);
      return { ...explained(changed, decide(changed), null), caller_networks: callers, caller_allowed };
    },
  );

  function situationOf(
    query: { address: string; node?: string; call_id?: string; from?: string; at?: string },
    field: string,
  ) {
    const resolved = calledAddress(directory, query.address, field);
    const call = {
      call_id: query.call_id ?? '',
      caller: callerOf(query.from ?? null),
      drill: false,
      fromContactCenter: false,
      limits: limitsOf(directory, query.node ?? null),
    };
    const now = query.at === undefined ? clock() : timeOf(query.at);
    return { resolved, situation: gatherSituation(deps, resolved, call, now) };
  }

  async function recordedDecision(
    id: string,
    access: Access,
  ): Promise<RecordedDecision & { situation: Situation }> {
    await deps.history.committed();
    const recorded = await findSituation(deps.pool, id);
    if (!recorded || !access.covers(recorded.domain)) {
      throw new Problem('not_found', 'No such decision is known');
    }
    const { situation } = recorded;
    if (!situation) throw new Problem('not_found', 'What this decision depended on was not recorded');
    return { ...recorded, situation };
  }
}

function explained(situation: Situation, decided: Decided, same: boolean | null) {
  const { bypass, drill, targets, out } = decided;
  return {
    address: situation.address,
    at: new Date(situation.at).toISOString(),
    bypass,
    drill,
    targets: targets.map(
      ({ role, agent, contact, fr_timer_ms, ring_ms, together, block, code, because }, position) => ({
        position,
        role,
        ...(agent !== null && { agent }),
        uri: contact,
        ...{ fr_timer_ms, ring_ms, together, block, code, because },
      }),
    ),
    out: [...out],
    same,
    situation,
  };
}

/** Targets that were added while the caller was on hold come after those that were decided. */
function isSame(again: readonly string[], { targets }: RecordedDecision): boolean {
  return again.every((contact, i) => targets[i]?.uri === contact);
}

function supposedBy({ down, busy, unregistered }: ExplainQuery): Supposed {
  return { down: listOf(down), busy: listOf(busy), unregistered: listOf(unregistered) };
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

function oneOfBoth(): Problem {
  const detail = 'either an address or a decision must be given';
  return Problem.badFields([{ field: '/address', detail }]);
}

function timeOf(text: string): number {
  const at = Date.parse(text);
  // RFC 3339 knows leap seconds, JavaScript doesn't.
  if (Number.isNaN(at)) throw Problem.badFields([{ field: '/at', detail: 'is not a time' }]);
  return at;
}

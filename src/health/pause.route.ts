import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { askerOf, authorOf } from '../access/author.js';
import { domainInPath } from '../access/subject.js';
import type { Directory } from '../directory/directory.js';
import { Problem } from '../errors.js';
import { Author } from '../http/author.schema.js';
import { Gone } from '../http/no-body.schema.js';
import type { Override } from '../live/override.js';
import type { Overrides } from '../live/overrides.js';
import { AgentParams } from './agents.schema.js';
import { findAgent } from './find-agent.js';
import { documentOf, type OverrideOrders } from './override-orders.js';
import { OverrideDocument } from './overrides.schema.js';
import { PauseBody } from './pause.schema.js';

const PATH = '/v1/contact-centers/:domain/agents/:name/pause';

export interface PauseDeps {
  readonly directory: Directory;
  readonly overrides: Pick<Overrides, 'active'>;
  readonly orders: Pick<OverrideOrders, 'order' | 'withdraw'>;
  readonly clock: () => number;
}

/** A paused agent gets no calls of skillsets; calls to the agent's own address go through. */
export function pauseRoutes(app: FastifyInstance, { directory, overrides, orders, clock }: PauseDeps): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['operation'];
  const problems = ['unknown_contact_center', 'not_found', 'store_unavailable'] as const;

  routes.put(
    PATH,
    {
      schema: {
        operationId: 'pauseAgent',
        tags,
        summary: 'Give the agent no calls of skillsets for a time; takes the place of an earlier pause.',
        params: AgentParams,
        body: PauseBody,
        response: { 200: OverrideDocument },
      },
      config: { scope: 'admin', subject: domainInPath, problems },
    },
    async (request) => {
      const { params, body } = request;
      const { domain, agent } = findAgent(directory, params);
      const before = pausesOf(domain, agent);
      const order = {
        ...NO_LIMIT,
        ...body,
        domain,
        agent,
        kind: 'pause' as const,
        asked_by: askerOf(request),
      };
      const pause = await orders.order(order);
      // Only now: the agent must not get a call in between.
      for (const one of before) await orders.withdraw(one, body.by);
      return documentOf(pause);
    },
  );

  routes.delete(
    PATH,
    {
      schema: {
        operationId: 'resumeAgent',
        tags,
        summary: 'The agent gets calls again.',
        params: AgentParams,
        headers: Author,
        response: { 204: Gone },
      },
      config: { scope: 'admin', subject: domainInPath, problems },
    },
    async (request, reply) => {
      const { domain, agent } = findAgent(directory, request.params);
      const author = authorOf(request);
      const pauses = pausesOf(domain, agent);
      if (pauses.length === 0) throw new Problem('not_found', `${agent} is not paused`);
      for (const one of pauses) await orders.withdraw(one, author);
      return reply.code(204).send();
    },
  );

  /** Two who pause at once make two. */
  function pausesOf(domain: string, agent: string): Override[] {
    return overrides.active(domain, clock()).filter((one) => one.kind === 'pause' && one.agent === agent);
  }
}

const NO_LIMIT = { skillset: null, location: null, caller: null, address: null } as const;

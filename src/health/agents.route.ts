import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { contactCenterInQuery } from '../access/subject.js';
import type { Agent, ContactCenter } from '../directory/contact-center.js';
import type { Directory } from '../directory/directory.js';
import { contactCentersAsked } from '../directory/find-contact-center.js';
import { inSlices, type Sliceable } from '../http/slices.js';
import type { Agents } from '../live/agents.js';
import type { Override } from '../live/override.js';
import { pausesByAgent } from '../live/pauses.js';
import { type AgentLine, AgentsDocument, AgentsQuery } from './agents.schema.js';

export interface AgentDeps {
  readonly directory: Directory;
  readonly agents: Pick<Agents, 'of' | 'callOf'>;
  readonly overrides: { active(domain: string, now: number): readonly Override[] };
  readonly clock: () => number;
}

export function agentRoutes(app: FastifyInstance, deps: AgentDeps): void {
  const { directory, clock } = deps;
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/v1/agents',
    {
      schema: {
        operationId: 'listAgentStates',
        tags: ['insight'],
        summary: 'Who is free? Every agent with what the agent does.',
        querystring: AgentsQuery,
        response: { 200: AgentsDocument },
      },
      config: { scope: 'read', subject: contactCenterInQuery, problems: ['unknown_contact_center'] },
    },
    async ({ query: { contact_center }, access }) => {
      const centers = contactCentersAsked(directory, contact_center, access);
      const now = clock();
      return { agents: await inSlices(linesOf(deps, centers, now)) };
    },
  );
}

function* linesOf(deps: AgentDeps, centers: readonly ContactCenter[], now: number): Sliceable<AgentLine[]> {
  const lines: AgentLine[] = [];
  for (const { domain, agents } of centers) {
    const pauses = pausesByAgent(deps.overrides.active(domain, now));
    for (const agent of agents) {
      lines.push(lineOf(deps, domain, agent, pauses.get(agent.name), now));
      yield;
    }
  }
  return lines;
}

function lineOf(
  { directory, agents }: AgentDeps,
  domain: string,
  { name, skills }: Agent,
  pause: Override | undefined,
  now: number,
): AgentLine {
  const { activity, unproved, call_id, idle_since, put_last } = agents.of(domain, name, now);
  const call = agents.callOf(domain, name, now);
  return {
    contact_center: domain,
    name,
    activity,
    unproved,
    since: timeOf(call?.since ?? idle_since),
    until: call && timeOf(call.until),
    call_id,
    put_last: put_last && { code: put_last.code, until: new Date(put_last.until).toISOString() },
    paused: pause
      ? { until: new Date(pause.expires_at).toISOString(), reason: pause.reason, by: pause.by }
      : null,
    endpoints: directory.endpointsOf(domain, name, now).length,
    skills,
  };
}

function timeOf(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}

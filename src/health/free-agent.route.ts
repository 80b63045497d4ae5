import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { authorOf } from '../access/author.js';
import { domainInPath } from '../access/subject.js';
import type { Directory } from '../directory/directory.js';
import { Author } from '../http/author.schema.js';
import type { Agents } from '../live/agents.js';
import type { Changes } from '../live/change.js';
import type { CallGoingOn, LiveCalls } from '../live/live-calls.js';
import type { SharedLog } from '../share/shared-log.js';
import { translateError } from '../store/translate-error.js';
import { AgentParams, EndedDocument } from './agents.schema.js';
import { findAgent } from './find-agent.js';

const ENDED = { event: 'ended', status: null } as const;

export interface FreeAgentDeps {
  readonly directory: Directory;
  readonly agents: Pick<Agents, 'callsOf'>;
  readonly calls: Pick<LiveCalls, 'answeredBy' | 'became'>;
  /** What became of calls, as it is kept. */
  readonly history: {
    save(ends: (CallGoingOn & typeof ENDED & { elapsed_ms: null; node: null; at: number })[]): Promise<void>;
  };
  readonly shared: Pick<SharedLog, 'taken'>;
  readonly changes: Changes;
  readonly clock: () => number;
}

/** For when the end of a call was missed, and whoever looks at the agent sees it. */
export function freeAgentRoute(app: FastifyInstance, deps: FreeAgentDeps): void {
  const { directory, agents, calls, history, shared, changes, clock } = deps;
  app.withTypeProvider<TypeBoxTypeProvider>().delete(
    '/v1/contact-centers/:domain/agents/:name/calls',
    {
      schema: {
        operationId: 'freeAgent',
        tags: ['operation'],
        summary:
          'The agent is in no call any more: those that it has answered count as ended. None is hung up.',
        params: AgentParams,
        headers: Author,
        response: { 200: EndedDocument },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: ['unknown_contact_center', 'not_found', 'store_unavailable'],
      },
    },
    async (request) => {
      const { domain, agent } = findAgent(directory, request.params);
      const at = clock();
      const ended = agents
        .callsOf(domain, agent, at)
        .flatMap(([decision, { call_id, since }]) =>
          calls
            .answeredBy(decision, agent)
            .map(({ target }) => ({ decision, target, call_id, since: new Date(since).toISOString() })),
        );
      const ends = ended.map(({ decision, target }) => ({ decision, target, ...ENDED, at }));
      // First in Postgres: what is only in memory would come back with the next start.
      await history.save(ends.map((end) => ({ ...end, elapsed_ms: null, node: null }))).catch(translateError);
      for (const end of ends) calls.became({ ...end, local: null, retry_after_seconds: null });
      if (ended.length > 0) {
        const [subject, by] = [`agents/${agent}/calls`, authorOf(request)];
        const what = { by, reason: null, before: { calls: ended }, after: null };
        changes.changed({ at, domain, kind: 'override', subject, ...what });
      }
      await shared.taken();
      return { ended };
    },
  );
}

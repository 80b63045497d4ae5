import type { FastifyInstance } from 'fastify';
import type { ChangeLog } from './change-log.js';

/** What was changed is in Postgres by then, and is answered all the same. */
const STORED_WITHIN_MS = 1_000;

/** Who changes something is answered when the history has it, too: a service that is killed with the answer on its way keeps who it was. */
export function writtenFirst(scope: FastifyInstance, changes: Pick<ChangeLog, 'stored'>): void {
  scope.addHook('onSend', async (request, reply) => {
    if (request.routeOptions.config.scope === 'admin' && reply.statusCode < 300)
      await changes.stored(STORED_WITHIN_MS);
  });
}

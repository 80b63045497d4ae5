import type { FastifyInstance } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';

/** Those that a call or a phone waits for. */
const WAITED_FOR: ReadonlySet<string> = new Set(['/v1/route', '/v1/register']);
/** After 300 ms Kamailio's script goes on without the answer: whatever took longer came too late. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 1];

const UNMATCHED = 'unmatched';

/** Counts the answers of every route that is added after this. */
export function countRequests(app: FastifyInstance, registry: Registry): void {
  const requests = new Counter({
    name: 'understudy_http_requests_total',
    help: 'Requests by route and status of the answer; route unmatched: there is none.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'understudy_http_request_duration_seconds',
    help: 'From a request to its answer, for the routes that a call or a phone waits for. Scripts wait for 0.3 s.',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers: [registry],
  });
  const abandoned = new Counter({
    name: 'understudy_http_requests_abandoned_total',
    help: 'Requests whose asker was gone before the answer, as scripts are after 0.3 s. They are in no other count.',
    labelNames: ['route'],
    registers: [registry],
  });
  for (const route of WAITED_FOR) {
    durations.zero({ route });
    abandoned.inc({ route }, 0);
  }

  app.addHook('onResponse', (request, reply, done) => {
    // As it was declared, never as it was asked for: paths name agents.
    const { url: route = UNMATCHED } = request.routeOptions;
    requests.inc({ method: request.method, route, status: reply.statusCode });
    if (WAITED_FOR.has(route)) durations.observe({ route }, reply.elapsedTime / 1_000);
    done();
  });
  // An answer that nobody waits for any more ends without onResponse; and onRequestAbort misses requests with a body.
  app.addHook('onRequest', (request, reply, done) => {
    const { url: route } = request.routeOptions;
    if (route !== undefined && WAITED_FOR.has(route)) {
      reply.raw.once('close', () => {
        if (!reply.raw.writableEnded) abandoned.inc({ route });
      });
    }
    done();
  });
}

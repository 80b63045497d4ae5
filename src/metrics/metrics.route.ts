import type { FastifyInstance } from 'fastify';
import { Gauge, type Registry } from 'prom-client';
import { Type } from 'typebox';
import type { LiveCalls } from '../live/live-calls.js';
import { type AgentMetricsDeps, agentMetrics } from './agent-metrics.js';
import { type BypassMetricsDeps, bypassMetrics } from './bypass-metrics.js';
import type { CallCounts } from './call-counts.js';
import { type PlaceMetricsDeps, placeMetrics } from './place-metrics.js';
import { processMetrics } from './process-metrics.js';
import { type RegistrarMetricsDeps, registrarMetrics } from './registrar-metrics.js';
import { type StoreMetricsDeps, storeMetrics } from './store-metrics.js';

export interface MetricsDeps
  extends AgentMetricsDeps,
    BypassMetricsDeps,
    PlaceMetricsDeps,
    RegistrarMetricsDeps,
    StoreMetricsDeps {
  readonly directory: AgentMetricsDeps['directory'];
  /** The app's own: one process may have several. */
  readonly registry: Registry;
  readonly counts: CallCounts;
  readonly calls: Pick<LiveCalls, 'follow'>;
  readonly version: string;
}

/**
 * How is it doing? What happens is counted when it happens; how things stand is looked up when Prometheus asks. Labels are
 * what is provisioned and not many: no agents, no callers, no Call-IDs.
 */
export function metricsJourney(app: FastifyInstance, deps: MetricsDeps): void {
  const { registry, counts, calls, version } = deps;
  placeMetrics(registry, deps);
  bypassMetrics(registry, deps);
  agentMetrics(registry, deps);
  registrarMetrics(registry, deps);
  storeMetrics(registry, deps);
  new Gauge({
    name: 'understudy_build_info',
    help: 'Always 1; which version runs.',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  // From now on: calls that were answered in an earlier life are restored before, and were counted then.
  app.addHook('onReady', async () => calls.follow((event) => counts.became(event)));

  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'getMetrics',
        tags: ['service'],
        summary: "What Prometheus asks for: counts and states, in Prometheus's text format.",
        response: {
          200: {
            description: 'Every metric with its HELP and TYPE.',
            content: { 'text/plain': { schema: Type.String() } },
          },
        },
      },
      config: { scope: 'read', subject: 'all' },
    },
    async (_request, reply) => {
      const text = (await registry.metrics()) + (await processMetrics().metrics());
      return reply.type(registry.contentType).send(text);
    },
  );
}

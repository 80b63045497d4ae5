import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * Node's own: CPU, memory, event loop lag, garbage collection. They are the process's, and each set of them has observers
 * that nothing ends: so there is one, however many apps there are.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}

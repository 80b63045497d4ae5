import type { Registry } from 'prom-client';
import type { Dispatchers } from '../kamailio/dispatchers.js';
import type { Registrars } from '../kamailio/registrars.js';
import { oneLook } from './one-look.js';
import { sampledCounter, sampledGauge } from './sampled.js';

export interface RegistrarMetricsDeps {
  readonly registrars: Pick<Registrars, 'commands' | 'statuses'>;
  readonly dispatchers: Pick<Dispatchers, 'refused'>;
}

/** Whether the registrars hold what is provisioned; told by the one instance that commands them. */
export function registrarMetrics(
  registry: Registry,
  { registrars, dispatchers }: RegistrarMetricsDeps,
): void {
  const statuses = oneLook(() => [...registrars.statuses()].map(([node, status]) => ({ node, ...status })));
  sampledGauge(registry, {
    name: 'understudy_commands_registrars',
    help: 'Whether this instance commands the registrars (1), or stands by (0). All instances together have 1.',
    labels: [],
    samples: () => [[{}, registrars.commands ? 1 : 0]],
  });
  sampledGauge(registry, {
    name: 'understudy_registrar_up_to_date',
    help: 'Whether a registrar holds all that it should, as far as is known: no address waits, and the last command did not fail.',
    labels: ['node'],
    samples: () =>
      statuses().map(({ node, waiting, failing }) => [{ node }, waiting === 0 && !failing ? 1 : 0] as const),
  });
  sampledGauge(registry, {
    name: 'understudy_registrar_waiting_addresses',
    help: 'Addresses whose bindings at a registrar are still to be compared and put right.',
    labels: ['node'],
    samples: () => statuses().map(({ node, waiting }) => [{ node }, waiting] as const),
  });
  sampledCounter(registry, {
    name: 'understudy_registrar_repaired_bindings_total',
    help: 'Bindings that a registrar held else than it should, and that were put or removed.',
    labels: ['node', 'repair'],
    samples: () =>
      statuses().flatMap(({ node, repaired }) => [
        [{ node, repair: 'put' }, repaired.put] as const,
        [{ node, repair: 'remove' }, repaired.removed] as const,
      ]),
  });
  sampledCounter(registry, {
    name: 'understudy_node_refused_total',
    help: 'What a registrar has refused since it was started, by kind: somebody tries names of ours (own_name), domains that are not its own (foreign_domain), and the like.',
    labels: ['node', 'kind'],
    samples: () => dispatchers.refused().map(({ node, kind, times }) => [{ node, kind }, times] as const),
  });
}

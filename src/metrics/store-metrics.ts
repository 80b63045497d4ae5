import type { Registry } from 'prom-client';
import type { RowCounts } from '../store/row-counts.js';
import { oneLook } from './one-look.js';
import { sampledCounter, sampledGauge } from './sampled.js';

export interface StoreMetricsDeps {
  /** What `/readyz` checks. */
  readonly ready: () => Promise<readonly { readonly name: string; readonly ready: boolean }[]>;
  readonly tables: Readonly<Record<string, RowCounts>>;
}

/** Whether Postgres is there, and takes what it is given. */
export function storeMetrics(registry: Registry, { ready, tables }: StoreMetricsDeps): void {
  const checked = oneLook(ready);
  sampledGauge(registry, {
    name: 'understudy_ready',
    help: 'What /readyz checks: 1 it is there, 0 it is not. Calls are answered from memory all the same.',
    labels: ['check'],
    samples: async () =>
      (await checked()).map(({ name, ready }) => [{ check: name }, ready ? 1 : 0] as const),
  });
  sampledGauge(registry, {
    name: 'understudy_degraded',
    help: '1 while anything of that is not there: REGISTERs and calls are answered from memory.',
    labels: [],
    samples: async () => [[{}, (await checked()).every((one) => one.ready) ? 0 : 1] as const],
  });
  sampledGauge(registry, {
    name: 'understudy_waiting_rows',
    help: 'Rows that Postgres does not have yet.',
    labels: ['table'],
    samples: () => Object.entries(tables).map(([table, { waiting }]) => [{ table }, waiting] as const),
  });
  sampledCounter(registry, {
    name: 'understudy_dropped_rows_total',
    help: 'Rows that Postgres will never have: it was away for too long, or refused them.',
    labels: ['table'],
    samples: () => Object.entries(tables).map(([table, { dropped }]) => [{ table }, dropped] as const),
  });
}

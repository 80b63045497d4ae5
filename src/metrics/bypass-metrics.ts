import type { Registry } from 'prom-client';
import type { ContactCenter } from '../directory/contact-center.js';
import type { Override, OverrideKind } from '../live/override.js';
import { oneLook } from './one-look.js';
import { sampledCounter, sampledGauge } from './sampled.js';

export interface BypassMetricsDeps {
  readonly directory: { contactCenters(): readonly ContactCenter[] };
  /** The contact center as a whole (`skillset` null), and those skillsets that were ever in bypass by themselves. */
  readonly bypass: {
    totals(
      center: ContactCenter,
      now: number,
    ): readonly { readonly skillset: string | null; readonly bypass: boolean; readonly seconds: number }[];
  };
  readonly overrides: { active(domain: string, now: number): readonly Override[] };
  readonly clock: () => number;
}

const KINDS: readonly OverrideKind[] = ['bypass', 'normal', 'drain', 'drill', 'pause'];
const LABELS = ['contact_center', 'skillset'] as const;

/** Who is in bypass, for how long it was, and what operators have ordered. */
export function bypassMetrics(registry: Registry, deps: BypassMetricsDeps): void {
  const { directory, bypass, overrides, clock } = deps;
  const totals = oneLook(() => {
    const now = clock();
    return directory.contactCenters().flatMap((center) =>
      bypass.totals(center, now).map(({ skillset, ...total }) => ({
        labels: { contact_center: center.domain, skillset: skillset ?? '' },
        ...total,
      })),
    );
  });
  sampledGauge(registry, {
    name: 'understudy_bypass',
    help: 'Whether it is in bypass (1): with an empty skillset the contact center as a whole, else a skillset by itself.',
    labels: LABELS,
    samples: () => totals().map(({ labels, bypass }) => [labels, bypass ? 1 : 0] as const),
  });
  sampledCounter(registry, {
    name: 'understudy_bypass_seconds_total',
    help: 'For how long it was in bypass since the service started.',
    labels: LABELS,
    samples: () => totals().map(({ labels, seconds }) => [labels, seconds] as const),
  });
  sampledGauge(registry, {
    name: 'understudy_overrides',
    help: 'What operators have ordered and is in force, by kind.',
    labels: ['contact_center', 'kind'],
    samples: () => {
      const now = clock();
      return directory.contactCenters().flatMap(({ domain: contact_center }) => {
        const active = overrides.active(contact_center, now);
        return KINDS.map((kind) => {
          const ordered = active.filter((one) => one.kind === kind);
          return [{ contact_center, kind }, ordered.length] as const;
        });
      });
    },
  });
}

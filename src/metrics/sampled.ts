import { Counter, Gauge, type Registry } from 'prom-client';

export type Labels<L extends string> = Readonly<Record<L, string>>;
export type Sample<L extends string> = readonly [labels: Labels<L>, value: number];

export interface Sampled<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  /** All there is now; what isn't among it any more disappears. */
  samples(): Iterable<Sample<L>> | Promise<Iterable<Sample<L>>>;
}

/** A gauge that is read when it is scraped: between scrapes it costs nothing. */
export function sampledGauge<L extends string>(registry: Registry, what: Sampled<L>): void {
  new Gauge<L>({
    ...configOf(registry, what),
    async collect() {
      const samples = await what.samples();
      this.reset();
      for (const [labels, value] of samples) this.set(labels, value);
    },
  });
}

/** A counter whose owner adds up; it is read when it is scraped. */
export function sampledCounter<L extends string>(registry: Registry, what: Sampled<L>): void {
  new Counter<L>({
    ...configOf(registry, what),
    async collect() {
      const samples = await what.samples();
      this.reset();
      for (const [labels, value] of samples) this.inc(labels, value);
    },
  });
}

function configOf<L extends string>(registry: Registry, { name, help, labels }: Sampled<L>) {
  return { name, help, labelNames: [...labels], registers: [registry] };
}

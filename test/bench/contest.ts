import { type Load, load, type Measured } from './load.js';

type Contender = Pick<Load, 'url' | 'pid' | 'settled'> & { readonly name: string };

export interface Contest extends Pick<Load, 'connections' | 'requests'> {
  readonly title: string;
  readonly ours: Contender;
  readonly baseline: Contender;
}

export interface Round {
  readonly ours: Measured;
  readonly baseline: Measured;
}

const WARM_UP_SECONDS = 1;
const MEASURED_SECONDS = 2;

/** Code that has run for a second is compiled; and Postgres has its statements prepared. */
export async function warmUp(contest: Contest): Promise<void> {
  await measure(contest, 'ours', WARM_UP_SECONDS);
  await measure(contest, 'baseline', WARM_UP_SECONDS);
}

/** Both sides, one right after the other; who goes first changes from round to round. */
export async function round(contest: Contest, number: number): Promise<Round> {
  if (number % 2 === 0) {
    const ours = await measure(contest, 'ours');
    return { ours, baseline: await measure(contest, 'baseline') };
  }
  const baseline = await measure(contest, 'baseline');
  return { ours: await measure(contest, 'ours'), baseline };
}

function measure(
  { connections, requests, ...contest }: Contest,
  side: 'ours' | 'baseline',
  seconds = MEASURED_SECONDS,
): Promise<Measured> {
  return load({ ...contest[side], connections, requests, seconds });
}

/** One line a side, all of it medians over the rounds, and the ratios: medians of the rounds' own ratios. */
export function report({ title, ours, baseline }: Contest, rounds: readonly Round[]) {
  const line = (name: string, side: 'ours' | 'baseline') => {
    const of = (figure: keyof Measured) => median(rounds.map((one) => one[side][figure]));
    return {
      request: title,
      server: name,
      'requests/s': Math.round(of('perSecond')),
      'p50 ms': round2(of('p50_ms')),
      'p99 ms': round2(of('p99_ms')),
      'CPU µs/request': Math.round(of('cpu_us')),
    };
  };
  const ratio = (figure: keyof Measured) =>
    round2(median(rounds.map((one) => one.ours[figure] / one.baseline[figure])));
  return {
    lines: [line(ours.name, 'ours'), line(baseline.name, 'baseline')],
    ratio: {
      request: title,
      'of ours to': baseline.name,
      'requests/s': ratio('perSecond'),
      p50: ratio('p50_ms'),
      p99: ratio('p99_ms'),
      'CPU/request': ratio('cpu_us'),
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle) - 1] as number)) / 2;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

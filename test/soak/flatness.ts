/** What is measured at one moment, each by its name. */
export type Sample = Readonly<Record<Measure, number>>;

const BOUNDS = {
  // What it may grow by within the second half of the time: a part of what it is, but no less than so much.
  'service RSS, MB': { part: 0.1, least: 10 },
  'service heap after gc, MB': { part: 0.1, least: 3 },
  // connections come and go with the load; one that is left over by every call would be thousands
  'service open files': { part: 0.1, least: 15 },
  'service active resources': { part: 0.1, least: 15 },
  'registrar shared memory, MB': { part: 0.05, least: 1 },
  'registrar private memory, MB': { part: 0.05, least: 1 },
};
/** The service follows so many calls (src/live/live-calls.ts), … */
const REMEMBERED_CALLS = 100_000;
/** … at 2 kB each. At 20 calls a second memory must be flat for good in runs of more than 167 minutes. */
const CALL_MB = 0.002;

export type Measure = keyof typeof BOUNDS;

export interface Judgement {
  readonly what: Measure;
  readonly 'at first': number;
  readonly 'half-way': number;
  readonly 'at last': number;
  readonly 'grew in the second half by': number;
  readonly 'may grow by': number;
  readonly flat: 'yes' | 'NO';
}

/**
 * The first half fills caches and pools. In the second a straight line (least squares) is laid through the samples, so that one
 * that stands out decides nothing: by how much that line rises is what counts.
 */
export function judge(samples: readonly Sample[], calls: number): Judgement[] {
  if (samples.length < 4) throw new Error(`${samples.length} samples are too few to judge by`);
  const middle = Math.floor(samples.length / 2);
  return (Object.keys(BOUNDS) as Measure[]).map((what) => {
    const values = samples.map((sample) => sample[what]);
    const late = values.slice(middle);
    const rise = slope(late) * (late.length - 1);
    const { part, least } = BOUNDS[what];
    const ofCalls =
      what === 'service heap after gc, MB' || what === 'service RSS, MB' ? rememberedMb(calls) : 0;
    const bound = Math.max(least, part * mean(late)) + ofCalls;
    return {
      what,
      'at first': rounded(values[0] ?? 0),
      'half-way': rounded(values[middle] ?? 0),
      'at last': rounded(values.at(-1) ?? 0),
      'grew in the second half by': rounded(rise),
      'may grow by': rounded(bound),
      flat: rise <= bound ? 'yes' : 'NO',
    };
  });
}

/** What the service may take to remember the calls of the second half: it forgets none of the last 100,000. */
function rememberedMb(calls: number): number {
  return calls / 2 > REMEMBERED_CALLS ? 0 : (calls / 2) * CALL_MB;
}

/** By how much the values rise from one to the next. */
function slope(values: readonly number[]): number {
  const x = (values.length - 1) / 2;
  const y = mean(values);
  let above = 0;
  let below = 0;
  for (const [i, value] of values.entries()) {
    above += (i - x) * (value - y);
    below += (i - x) ** 2;
  }
  return above / below;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

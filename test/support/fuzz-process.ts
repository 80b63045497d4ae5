/**
 * Sends the cases, in a process of its own: away from tap, which would follow every promise of them at a third of the time.
 * Whatever is thrown here, also by nobody's promise, ends the process and fails the test.
 */
import fc from 'fast-check';
import { type FuzzedRequest, requests } from './fuzz-operations.js';
import { type Count, FuzzPair } from './fuzz-pair.js';

export interface FuzzTask {
  /** Of the Postgres. */
  readonly url: string;
  readonly database: string;
  /** Of the batches, one each. */
  readonly seeds: readonly number[];
  readonly casesABatch: number;
  /** Only this case. */
  readonly path?: string;
}

export interface FuzzReport {
  readonly counts: readonly (readonly [operation: string, Count])[];
  /** The first. */
  readonly failure: string | undefined;
}

const { url, database, seeds, casesABatch, path }: FuzzTask = JSON.parse(process.argv[2] as string);
// The test has died, or been ended.
process.on('disconnect', () => process.exit(1));
const pair = await FuzzPair.open(url, database);
// What takes a body is where most can go wrong.
const anyRequest = fc.oneof(
  ...[...pair.operations].map(([key, operation]) => ({
    weight: operation.requestBody ? 3 : 1,
    arbitrary: requests(key, operation),
  })),
);
let failure: string | undefined;
for (const seed of seeds) {
  failure = await failureOf(seed);
  if (failure) break;
}
await pair.close();
process.send?.({ counts: [...pair.counts], failure } satisfies FuzzReport, () => process.exit());

async function failureOf(seed: number): Promise<string | undefined> {
  await pair.begin();
  const cases: FuzzedRequest[] = [];
  const property = fc.asyncProperty(anyRequest, async (request) => {
    cases.push(request);
    const fault = await pair.fault(request);
    if (fault) throw new Error(fault);
  });
  const found = await fc.check(property, { seed, numRuns: casesABatch, ...(path !== undefined && { path }) });
  const again = `FUZZ_SEED=${seed} FUZZ_CASES=${casesABatch}`;
  if (found.failed) {
    const alone = `FUZZ_SEED=${seed} FUZZ_PATH=${found.counterexamplePath}`;
    const { counterexample, errorInstance } = found;
    return `${alone} or, if it takes what came before, ${again}\n${errorInstance}\n${fc.stringify(counterexample)}`;
  }
  const difference = await pair.difference();
  if (difference.length === 0) return undefined;
  const request = JSON.stringify(await culprit(cases));
  return `${again}\nchanged by a refused request, ${request}:\n${difference.join('\n')}`;
}

/** The last of the fewest cases after which a new pair differs, too. */
async function culprit(
  cases: readonly FuzzedRequest[],
): Promise<FuzzedRequest | 'only after earlier batches'> {
  const differs = async (n: number) => {
    const fresh = await FuzzPair.open(url, `${database}_again`);
    await fresh.begin();
    for (const request of cases.slice(0, n)) await fresh.fault(request);
    const { length } = await fresh.difference();
    await fresh.close();
    return length > 0;
  };
  if (!(await differs(cases.length))) return 'only after earlier batches';
  let [without, within] = [0, cases.length];
  while (within - without > 1) {
    const middle = (without + within) >> 1;
    if (await differs(middle)) within = middle;
    else without = middle;
  }
  return cases[within - 1] as FuzzedRequest;
}

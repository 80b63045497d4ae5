import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { FuzzReport, FuzzTask } from '../support/fuzz-process.js';
import { startPostgres } from '../support/postgres.js';

/** A failure says which of these show it again. To look for more than CI does: another seed, more cases. */
const { FUZZ_SEED = '4', FUZZ_CASES = '100000', FUZZ_PATH } = process.env;
const CASES = FUZZ_PATH === undefined ? Number(FUZZ_CASES) : 1;
const CASES_A_BATCH = Math.min(2_500, CASES);
const SEEDS = Array.from({ length: CASES / CASES_A_BATCH }, (_, i) => Number(FUZZ_SEED) + i);
const PROCESS = fileURLToPath(new URL('../support/fuzz-process.ts', import.meta.url));
/** Alone it takes one and a half to two minutes; beside other tests, on a slow machine, ten. */
const LIMIT_MS = 1_200_000;
/** No node can be asked here. */
const NEVER_ACCEPTED = new Set(['GET /v1/nodes/{node}/differences']);

t.setTimeout(LIMIT_MS);
const postgres = await startPostgres();
t.teardown(() => postgres.stop());

t.test(`${CASES} cases: nothing fails, refusals are documented problems and change nothing`, async (t) => {
  const { counts, failure } = await run();
  t.equal(failure, undefined);
  if (CASES < 100_000) return;
  for (const [operation, { sent, accepted }] of counts) {
    t.ok(sent >= 500, `${operation} was asked ${sent} times`);
    t.ok(accepted >= 5 || NEVER_ACCEPTED.has(operation), `${operation} accepted ${accepted}`);
  }
});

async function run(): Promise<FuzzReport> {
  const task: FuzzTask = {
    ...{ url: postgres.url, database: 'fuzzed', seeds: SEEDS, casesABatch: CASES_A_BATCH },
    ...(FUZZ_PATH !== undefined && { path: FUZZ_PATH }),
  };
  // What a case leaves behind is dead at once, and need not be copied about.
  const options = ['--import=tsx', '--max-semi-space-size=32'];
  // Without what tap would have it load, which follows every file.
  const execArgv = ['-u', 'NODE_OPTIONS', process.execPath, ...options];
  const child = fork(PROCESS, [JSON.stringify(task)], { execPath: '/usr/bin/env', execArgv });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`ended with ${code} and without a report`);
  });
  const [report] = await Promise.race([once(child, 'message'), ended]);
  return report;
}

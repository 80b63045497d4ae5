import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { FuzzReport, FuzzShare } from '../support/fuzz-process.js';
import { startPostgres } from '../support/postgres.js';

/** A failure says which of these show it again. To look for more than CI does: another seed, more cases. */
const { FUZZ_SEED = '4', FUZZ_CASES = '100000', FUZZ_PATH } = process.env;
const CASES = FUZZ_PATH === undefined ? Number(FUZZ_CASES) : 1;
const CASES_A_BATCH = Math.min(2_500, CASES);
const SEEDS = Array.from({ length: CASES / CASES_A_BATCH }, (_, i) => Number(FUZZ_SEED) + i);
/** As many as the machines have cores on which tests run. */
const PROCESSES = 2;
const PROCESS = fileURLToPath(new URL('../support/fuzz-process.ts', import.meta.url));
/** When other tests run beside it; alone it takes less than a minute. */
const LIMIT_MS = 600_000;
/** No node can be asked here. */
const NEVER_ACCEPTED = new Set(['GET /v1/nodes/{node}/differences']);

t.setTimeout(LIMIT_MS);
const postgres = await startPostgres();
t.teardown(() => postgres.stop());

t.test(`${CASES} cases: nothing fails, refusals are documented problems and change nothing`, async (t) => {
  const shares = Array.from({ length: PROCESSES }, (_, i) => SEEDS.filter((_, n) => n % PROCESSES === i));
  const reports = await Promise.all(shares.map(run));
  for (const { failure } of reports) t.equal(failure, undefined);
  if (CASES < 100_000) return;
  for (const operation of new Set(reports.flatMap(({ counts }) => counts.map(([name]) => name)))) {
    const counts = reports.flatMap((report) =>
      report.counts.flatMap(([name, one]) => (name === operation ? [one] : [])),
    );
    const sum = (what: 'sent' | 'accepted') => counts.reduce((all, one) => all + one[what], 0);
    t.ok(sum('sent') >= 500, `${operation} was asked ${sum('sent')} times`);
    t.ok(sum('accepted') >= 5 || NEVER_ACCEPTED.has(operation), `${operation} accepted ${sum('accepted')}`);
  }
});

async function run(seeds: readonly number[], i: number): Promise<FuzzReport> {
  const share: FuzzShare = {
    ...{ url: postgres.url, database: `fuzzed${i}`, seeds, casesABatch: CASES_A_BATCH },
    ...(FUZZ_PATH !== undefined && { path: FUZZ_PATH }),
  };
  // What a case leaves behind is dead at once, and need not be copied about.
  const options = ['--import=tsx', '--max-semi-space-size=32'];
  // Without what tap would have it load, which follows every file.
  const execArgv = ['-u', 'NODE_OPTIONS', process.execPath, ...options];
  const child = fork(PROCESS, [JSON.stringify(share)], { execPath: '/usr/bin/env', execArgv });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`ended with ${code} and without a report`);
  });
  const [report] = await Promise.race([once(child, 'message'), ended]);
  return report;
}

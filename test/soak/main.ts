/**
 * `npm run soak -- --minutes N`: calls, REGISTERs and HTTP requests for so long (three minutes by default), and whether memory and
 * handles of the service and of its registrar stay flat meanwhile. Ends with 0 only if they do.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Calls } from '../chaos/calls.js';
import { Refreshes } from '../chaos/refreshes.js';
import { World } from '../chaos/world.js';
import { judge, type Sample } from './flatness.js';
import { HttpLoad } from './http-load.js';
import { Inspector } from './inspector.js';
import { measure } from './measure.js';

const EVERY_MS = 5_000;
const CALLS_PER_SECOND = 20;

const endings: (() => unknown)[] = [];
const ending = { teardown: (fn: () => unknown) => endings.push(fn) };

async function main() {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '3' } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error('--minutes is a number above 0');
  const directory = await mkdtemp(join(tmpdir(), 'understudy-soak-'));
  ending.teardown(() => rm(directory, { recursive: true, force: true }));
  const world = await World.open(ending, { serviceNodeArgs: ['--inspect=127.0.0.1:0'] });
  const { scene } = world;
  const inspector = await Inspector.open(scene.understudy.logs());
  ending.teardown(() => inspector.close());
  const count = Math.ceil(minutes * 60 * CALLS_PER_SECOND);
  await Refreshes.begin(ending, world, directory);
  const calls = await Calls.begin(ending, scene, { count, directory });
  const http = new HttpLoad(world);
  ending.teardown(() => http.end());

  const samples: Sample[] = [];
  const until = Date.now() + minutes * 60_000;
  while (Date.now() < until) {
    await later(EVERY_MS);
    samples.push(await measure(scene, inspector));
    process.stdout.write('.');
  }
  const requests = await http.end();
  const { offered, answered } = await calls.counts();
  console.log(
    `\n${offered} calls, ${answered} of them answered; ${requests.answered} HTTP requests, ${requests.failed} failed.`,
  );
  const judgements = judge(samples, count);
  console.table(Object.fromEntries(judgements.map(({ what, ...rest }) => [what, rest])));
  const isWell = answered === offered && requests.failed === 0;
  process.exitCode = isWell && judgements.every(({ flat }) => flat === 'yes') ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const end of endings.reverse()) await end();
}

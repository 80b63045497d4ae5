/**
 * The demonstration: `npm run demo` tells the main job as a story of seven calls, on real SIP, with measured times.
 * `--once` ends after the story, with 0 only if every call ended where it should.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scene } from '../support/scene.js';
import { type Act, story } from './story.js';

const once = process.argv.includes('--once');
const endings: (() => unknown)[] = [];

async function end() {
  for (const ending of endings.splice(0).reverse()) await ending();
}

async function main() {
  const dataDir = await mkdtemp(join(tmpdir(), 'understudy-demo-'));
  endings.push(() => rm(dataDir, { recursive: true, force: true }));
  console.log('Starting Understudy on its embedded Postgres, a registrar and an edge (Kamailio) …');
  const scene = await Scene.open(
    { teardown: (fn) => endings.push(fn) },
    // The hold and the ramp are two minutes and one minute by default.
    {
      edge: true,
      dataDir,
      ringSeconds: 5,
      health: true,
      document: { health: { hold_seconds: 2, ramp_seconds: 1 } },
    },
  );

  const acts = await story(scene, console.log);
  console.log('\nThe story in one table:\n');
  console.table(Object.fromEntries(acts.map((act) => [act.call, row(act)])));
  const wrong = acts.filter((act) => act.answeredBy !== act.expected);
  for (const act of wrong) {
    console.log(`Call ${act.call} should have been answered by ${act.expected}.`);
  }
  process.exitCode = wrong.length === 0 ? 0 : 1;
  if (once) return;

  const { url } = scene.understudy;
  console.log(`
It keeps running. Understudy's API: ${url}/docs
  bindings     ${url}/v1/bindings?address=sip:sales@cc.example.com
  decisions    ${url}/v1/decisions
  targets now  ${url}/v1/targets?address=sip:sales@cc.example.com
  and why      ${url}/v1/explain?address=sip:sales@cc.example.com
  health       ${url}/v1/health
SIP: call sip:sales@cc.example.com by way of ${scene.callTarget} (UDP); phones register at ${scene.registerTarget}.
Ctrl-C ends it.`);
  // the timer keeps the process alive: everything else that runs is another program
  const alive = setInterval(() => {}, 60_000);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  clearInterval(alive);
}

function row({ answeredBy, ms, why }: Act) {
  return { 'answered by': answeredBy, 'after ms': ms, why };
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await end();
}

/**
 * `npm run bench`: what the service costs, measured side by side with what one would compare it to, in less than
 * two minutes. Only the ratios say something about the service; all else is about the machine of the day.
 */
import { availableParallelism, cpus } from 'node:os';
import pg from 'pg';
import { send } from '../support/send-http.js';
import { besideLargeDocument } from './beside.js';
import { type Contest, type Round, report, round, warmUp } from './contest.js';
import { startServers } from './servers.js';
import { invites, refreshes } from './workload.js';

const ROUNDS = 5;
/** A Kamailio or two with some workers each. */
const ASKING_AT_ONCE = 10;
/** Phones whose REGISTERs arrive together, as after a network was away. */
const REGISTERING_AT_ONCE = 50;

const endings: (() => unknown)[] = [];

async function main() {
  const servers = await startServers((ending) => endings.push(ending));
  const { understudy, baseline, postgres } = servers;
  const contests: Contest[] = [
    {
      title: 'POST /v1/route',
      connections: ASKING_AT_ONCE,
      requests: () => invites(),
      ours: {
        name: 'Understudy',
        url: `${understudy.url}/v1/route`,
        pid: understudy.pid,
        // answered when every decision so far is in Postgres
        settled: () => send('GET', `${understudy.url}/v1/decisions?limit=1`),
      },
      baseline: {
        name: 'bare Fastify, constant answer',
        url: `${baseline.bare}/v1/route`,
        pid: baseline.pid,
      },
    },
    {
      title: 'POST /v1/register',
      connections: REGISTERING_AT_ONCE,
      requests: refreshes(REGISTERING_AT_ONCE),
      ours: {
        name: 'Understudy, group commit',
        url: `${understudy.url}/v1/register`,
        pid: understudy.pid,
      },
      baseline: {
        name: 'one commit per REGISTER',
        url: `${baseline.oneCommit}/v1/register`,
        pid: baseline.pid,
      },
    },
  ];
  const results = new Map<Contest, Round[]>(contests.map((contest) => [contest, []]));
  for (const contest of contests) await warmUp(contest);
  for (let number = 0; number < ROUNDS; number++) {
    for (const [contest, rounds] of results) rounds.push(await round(contest, number));
  }

  const reports = [...results].map(([contest, rounds]) => report(contest, rounds));
  console.log(`${new Date().toISOString()} · ${await machine(postgres.url)}`);
  console.log(`Medians of ${ROUNDS} rounds; an answer to /v1/route has ${servers.answerBytes} bytes.`);
  console.table(reports.flatMap(({ lines }) => lines));
  console.log('Ratios, Understudy to its baseline (medians of the ratios of each round):');
  console.table(reports.map(({ ratio }) => ratio));
  console.log(
    'POST /v1/route, 100 a second, while something else is asked of 10,000 agents with 10 skills each:',
  );
  console.table(await besideLargeDocument(understudy.url));
}

async function machine(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  const cores = `${availableParallelism()} cores ${cpus()[0]?.model ?? 'of unknown make'}`;
  return `${cores} · Node ${process.versions.node} · Postgres ${rows[0]?.server_version} (durable commits)`;
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const ending of endings.reverse()) await ending();
}

import pg from 'pg';
import t, { type Test } from 'tap';
import { openStore } from '../../src/store/open-store.js';
import { freePort } from '../support/free-port.js';
import { logLines } from '../support/log-lines.js';
import { type Postgres, startPostgres } from '../support/postgres.js';
import { startUnderstudy, type Understudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { CENTER } from './call-service.js';

/** As long as it may take on a machine that is busy with other tests. */
const FAILOVER_MS = 60_000;

const urlOf = (...servers: readonly { port: number }[]) =>
  `postgres://postgres@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/postgres?target_session_attrs=read-write`;

async function newPair(t: Test): Promise<[primary: Postgres, standby: Postgres]> {
  const primary = await startPostgres({ durable: true });
  t.teardown(() => primary.stop());
  const standby = await primary.standby();
  t.teardown(() => standby.stop());
  return [primary, standby];
}

async function start(t: Test, databaseUrl: string): Promise<Understudy> {
  const understudy = await startUnderstudy({ databaseUrl });
  t.teardown(() => understudy.kill9());
  return understudy;
}

async function call({ url }: Understudy, method: string, path: string, body?: object) {
  const response = await fetch(`${url}${path}`, {
    ...{ method, headers: { 'content-type': 'application/json' } },
    ...(body && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: what the answer holds is what the tests are to find out
  const answer: any = await response.json();
  return { status: response.status, body: answer };
}

const provision = (understudy: Understudy) =>
  call(understudy, 'PUT', '/v1/contact-centers/cc.example.com', CENTER);

const register = (understudy: Understudy, agent: string, cseq: number) =>
  call(understudy, 'POST', '/v1/register', {
    aor: `sip:${agent}@cc.example.com`,
    contact: `<sip:${agent}@10.0.0.7:5062>;expires=300`,
    ...{ call_id: agent, cseq },
  });

const isReady = async (understudy: Understudy) =>
  (await call(understudy, 'GET', '/readyz')).body.status === 'ready';

async function endpointsAt(postgres: Postgres): Promise<string[]> {
  const store = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, logLines());
  const { rows } = await store.pool.query<{ agent: string }>('SELECT agent FROM endpoints ORDER BY 1');
  await store.close();
  return rows.map(({ agent }) => agent);
}

t.test('the primary is killed and the standby promoted: no registration is lost', async (t) => {
  const [primary, standby] = await newPair(t);
  // The standby first: it isn't the one to write to.
  const understudy = await start(t, urlOf(standby, primary));
  t.equal((await provision(understudy)).status, 201);
  t.match((await register(understudy, 'alice', 1)).body, { stored: true });
  // What the standby lacks when it takes over is what the primary commits while it doesn't hear of it.
  await until('the standby to have it', async () => (await endpointsAtStandby(standby)).includes('alice'));
  standby.freeze();
  t.match((await register(understudy, 'bob', 1)).body, { stored: true });
  await primary.kill9();
  standby.thaw();
  t.match(await register(understudy, 'alice', 2), { status: 200 });
  await standby.promote();
  await until('the new primary to be in use', () => isReady(understudy), FAILOVER_MS);
  t.match((await register(understudy, 'alice', 3)).body, { stored: true });
  t.same(await endpointsAt(standby), ['alice', 'bob']);
  t.equal((await call(understudy, 'PUT', '/v1/nodes/reg1', { role: 'edge' })).status, 201);

  // The old primary comes back and takes writes, as it shouldn't: it has been left behind.
  await primary.start();
  await standby.kill9();
  t.match((await register(understudy, 'alice', 4)).body, { stored: false });
  const { body } = await call(understudy, 'GET', '/readyz');
  t.match(body, { status: 'degraded', degraded: [{ name: 'database' }, { name: 'rows' }] });
  await standby.start();
  await until('the new primary to be in use', () => isReady(understudy), FAILOVER_MS);
  t.match((await register(understudy, 'alice', 5)).body, { stored: true });

  const next = await start(t, urlOf(primary, standby));
  t.match(next.logs(), new RegExp(`Postgres at 127.0.0.1:${standby.port} takes the writes`));
});

t.test(
  'the primary freezes and the standby is promoted: the connections to the old one are given up',
  async (t) => {
    const [primary, standby] = await newPair(t);
    const understudy = await start(t, urlOf(primary, standby));
    await provision(understudy);
    t.match((await register(understudy, 'alice', 1)).body, { stored: true });
    await until('the standby to have it', async () => (await endpointsAtStandby(standby)).includes('alice'));
    primary.freeze();
    t.match(await register(understudy, 'bob', 1), { status: 200, body: { stored: false } });
    await standby.promote();
    await until('the new primary to be in use', () => isReady(understudy), FAILOVER_MS);
    primary.thaw();
    t.match((await register(understudy, 'bob', 2)).body, { stored: true });
    t.same(await endpointsAt(standby), ['alice', 'bob']);
  },
);

t.test('without a server that takes writes the start waits, and says what each of them says', async (t) => {
  const [primary, standby] = await newPair(t);
  await primary.kill9();
  const nobody = { port: await freePort() };
  const log = logLines();
  const opening = openStore({ DATABASE_URL: urlOf(nobody, standby), DATA_DIR: '' }, log);
  const line = await log.seen(/waiting/);
  t.match(
    line,
    `waiting for Postgres at 127.0.0.1:${nobody.port} or 127.0.0.1:${standby.port} (database postgres`,
  );
  t.match(line, new RegExp(`${nobody.port} .*ECONNREFUSED.*; 127.0.0.1:${standby.port} is read-only`));
  await standby.promote();
  const store = await opening;
  await store.ping();
  await store.close();
});

async function endpointsAtStandby(standby: Postgres): Promise<string[]> {
  const client = new pg.Client(standby.url);
  await client.connect();
  const { rows } = await client
    .query<{ agent: string }>('SELECT agent FROM endpoints')
    .finally(() => client.end());
  return rows.map(({ agent }) => agent);
}

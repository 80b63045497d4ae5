import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Config } from '../../src/config.js';
import { lockDataDir } from '../../src/store/data-dir-lock.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { StoreError } from '../../src/store/store-error.js';
import { translateError } from '../../src/store/translate-error.js';
import { emptyDataDir, fillDataDir } from '../support/embedded-data-dir.js';
import { freePort } from '../support/free-port.js';
import { logLines } from '../support/log-lines.js';
import { startPostgres } from '../support/postgres.js';
import { launchUnderstudy, startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';

const UNAVAILABLE = { code: 'store_unavailable', status: 503, cause: Error };

const postgres = await startPostgres({ durable: true });
t.teardown(() => postgres.stop());

// Each test has a copy; what makes one from nothing is tested below.
const EMPTY = await emptyDataDir(t);
await fillDataDir(EMPTY);
await (await openStore({ DATA_DIR: EMPTY }, logLines())).close();

async function newDataDir(t: Test): Promise<string> {
  const directory = await emptyDataDir(t);
  await cp(EMPTY, directory, { recursive: true });
  return directory;
}

const DATABASES: Record<string, (t: Test) => Promise<Pick<Config, 'DATABASE_URL' | 'DATA_DIR'>>> = {
  embedded: async (t: Test) => ({ DATA_DIR: await newDataDir(t) }),
  server: async () => ({ DATABASE_URL: await postgres.newDatabase(), DATA_DIR: '' }),
};

async function tablesOf(store: Store): Promise<string> {
  const { rows } = await store.pool.query<{ names: string }>(
    "SELECT string_agg(tablename, ' ' ORDER BY tablename) AS names FROM pg_tables WHERE schemaname = 'public'",
  );
  return rows[0]?.names ?? '';
}

async function nodesIn(store: Store): Promise<string[]> {
  const { rows } = await store.pool.query<{ node: string }>('SELECT node FROM nodes ORDER BY node');
  return rows.map(({ node }) => node);
}

for (const [kind, makeDatabase] of Object.entries(DATABASES)) {
  t.test(`${kind}: the schema is there after the first start, and the data after the second`, async (t) => {
    const config = await makeDatabase(t);
    const first = await openStore(config, logLines());
    t.equal(first.kind, kind);
    t.match(
      await tablesOf(first),
      /agents .*contact_centers decisions endpoints .* understudy_schema_version/,
    );
    await first.ping();
    await first.pool.query("INSERT INTO nodes VALUES ('reg1', 'registrar', NULL, 12, 180000)");
    await first.close();

    const log = logLines();
    const second = await openStore(config, log);
    t.teardown(() => second.close());
    t.same(log.lines, [], 'nothing is migrated twice');
    t.same(await nodesIn(second), ['reg1']);
    const twice = "INSERT INTO nodes VALUES ('reg1', 'edge', NULL, 12, 180000)";
    const stays = { code: '23505', constraint: 'nodes_pkey' };
    await t.rejects(
      second.pool.query(twice).catch(translateError),
      stays,
      'errors of the data stay what they are',
    );
  });

  t.test(`${kind}: what was acknowledged survives a kill -9 of the service`, async (t) => {
    const config = await makeDatabase(t);
    const service = await startUnderstudy({ env: { ...config } });
    t.teardown(() => service.kill9());
    const answer = await fetch(`${service.url}/v1/nodes/reg1`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"role":"registrar"}',
    });
    t.ok(answer.ok);
    await service.kill9();
    const store = await openStore(config, logLines());
    t.teardown(() => store.close());
    t.same(await nodesIn(store), ['reg1']);
  });
}

t.test('server: of many instances that start at once one migrates and the others wait', async (t) => {
  const DATABASE_URL = await postgres.newDatabase();
  const log = logLines();
  const stores = await Promise.all([1, 2, 3, 4].map(() => openStore({ DATABASE_URL, DATA_DIR: '' }, log)));
  for (const store of stores) await store.close();
  t.equal(log.lines.filter((line) => line.includes('brought up to date')).length, 1);
});

t.test(
  'server: what never works ends the start with one line that tells why, without the password',
  async (t) => {
    const admin = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, logLines());
    await admin.pool.query("CREATE ROLE needs_password LOGIN PASSWORD 'right'");
    await admin.close();
    const refusals: [url: string, line: RegExp][] = [
      [
        postgres.url.replace('postgres@', 'needs_password:secret@'),
        /user needs_password\) refused the password in DATABASE_URL$/,
      ],
      [postgres.url.replace('postgres@', 'needs_password@'), /needs_password\) cannot be used: .*password/],
      [
        postgres.url.replace(/postgres$/, 'nowhere'),
        /database nowhere, user postgres\) has no such database$/,
      ],
      [
        postgres.url.replace('postgres@', 'nobody@'),
        /does not let this user in: role "nobody" does not exist$/,
      ],
      [`${postgres.url}?sslmode=verify-full`, /cannot be used: The server does not support SSL connections$/],
      [`${postgres.url}?sslrootcert=/no/such/file`, /^DATABASE_URL cannot be used: ENOENT/],
    ];
    for (const [DATABASE_URL, line] of refusals) {
      await t.rejects(openStore({ DATABASE_URL, DATA_DIR: '' }, logLines()), line, String(line));
      const error = await openStore({ DATABASE_URL, DATA_DIR: '' }, logLines()).catch(
        (error: unknown) => error,
      );
      t.ok(error instanceof StoreError && !/\n|secret/.test(error.message));
    }
  },
);

t.test('server: waits for a Postgres that starts later, and says so', async (t) => {
  const port = await freePort();
  const log = logLines();
  const DATABASE_URL = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const opening = openStore({ DATABASE_URL, DATA_DIR: '' }, log);
  t.match(
    await log.seen(/waiting/),
    new RegExp(`waiting for Postgres at 127.0.0.1:${port} .*"attempt":1.*ECONNREFUSED`),
  );
  const late = await startPostgres({ port });
  t.teardown(() => late.stop());
  const store = await opening;
  await store.ping();
  await store.close();
});

t.test('server: stops waiting when told to', async (t) => {
  const log = logLines();
  const stopping = new AbortController();
  const DATABASE_URL = `postgres://postgres@127.0.0.1:${await freePort()}/postgres`;
  const opening = openStore({ DATABASE_URL, DATA_DIR: '' }, log, stopping.signal);
  await log.seen(/waiting/);
  stopping.abort();
  await t.rejects(opening, /^Told to stop while waiting for Postgres/);
});

t.test(
  'server: one that dies, freezes or restarts is unavailable meanwhile and then used again',
  async (t) => {
    const own = await startPostgres({ durable: true });
    t.teardown(() => own.stop());
    // A shorter patience than our own, as operators may choose it in the URL.
    const store = await openStore({ DATABASE_URL: `${own.url}?query_timeout=300`, DATA_DIR: '' }, logLines());
    t.teardown(() => store.close());
    const insert = (node: string) =>
      store.pool
        .query('INSERT INTO nodes VALUES ($1::text, $2::text, NULL, 12, 180000)', [node, 'edge'])
        .catch(translateError);
    const isBack = () => store.ping().then(() => true);

    await insert('before');
    own.freeze();
    await t.rejects(insert('frozen'), UNAVAILABLE);
    own.thaw();
    await until('the thawed server to answer', isBack);

    await own.kill9();
    await t.rejects(insert('dead'), UNAVAILABLE);
    await own.start();
    await until('the server to answer after its crash', isBack);
    await own.restart();
    await until('the server to answer after its restart', isBack);
    t.notMatch(await nodesIn(store), ['dead'], 'what was refused is not there');
    t.match(await nodesIn(store), ['before'], 'what was acknowledged is');
  },
);

t.test('embedded: a second process on one DATA_DIR is refused with one line', async (t) => {
  const DATA_DIR = await newDataDir(t);
  const store = await openStore({ DATA_DIR }, logLines());
  t.teardown(() => store.close());
  const second = launchUnderstudy({ dataDir: DATA_DIR });
  t.equal(await second.ended, 1);
  t.equal(
    second.output(),
    `understudy: DATA_DIR ${DATA_DIR} is in use by the process ${process.pid}: ` +
      'stop that one, or give this one a directory of its own\n',
  );
  await t.rejects(
    openStore({ DATA_DIR }, logLines()),
    { message: /is in use by the process/ },
    'nor twice in one',
  );
  await store.ping();
  t.equal((await stat(join(DATA_DIR, 'socket'))).mode & 0o777, 0o700, 'nobody else reaches its socket');
});

t.test(
  'embedded: the lock of a dead process, or of one whose pid is used again, is taken over',
  async (t) => {
    const directory = await emptyDataDir(t);
    const dead = spawn('true');
    await once(dead, 'exit');
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).slice(0, 8);
    for (const lock of [`${dead.pid}-1-${boot}`, `${process.ppid}-1-${boot}`, `1--`]) {
      await writeFile(join(directory, `lock-${lock}`), '');
    }
    const release = await lockDataDir(directory);
    t.match(await readdir(directory), [new RegExp(`^lock-${process.pid}-`)], 'only ours is left');
    await t.rejects(lockDataDir(directory), { message: /in use/ });
    await release();
    t.same(await readdir(directory), []);
  },
);

t.test('embedded: a DATA_DIR that cannot be used is named', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file');
  for (const [DATA_DIR, code] of Object.entries({ [file]: 'ENOTDIR', '/proc/no/where': 'ENOENT' })) {
    const line = new RegExp(`^The embedded Postgres in DATA_DIR ${DATA_DIR} cannot start: ${code}`);
    await t.rejects(openStore({ DATA_DIR }, logLines()), { message: line });
  }
});

t.test('embedded: killed while its database is made, it is made anew', async (t) => {
  const DATA_DIR = await emptyDataDir(t);
  const killed = launchUnderstudy({ dataDir: DATA_DIR });
  t.teardown(() => killed.signal('SIGKILL'));
  await until('the new database', () => stat(join(DATA_DIR, 'postgres.new/global')), 60_000);
  killed.signal('SIGKILL');
  await killed.ended;
  const store = await openStore({ DATA_DIR }, logLines());
  t.same(await nodesIn(store), []);
  await store.close();
  t.same(await readdir(DATA_DIR), ['postgres'], 'nothing is left over');
});

t.test('embedded: after a panic it is started again, with everything that was acknowledged', async (t) => {
  const DATA_DIR = await newDataDir(t);
  const log = logLines();
  const store = await openStore({ DATA_DIR }, log);
  t.teardown(() => store.close());
  await store.pool.query("INSERT INTO nodes VALUES ('reg1', 'registrar', NULL, 12, 180000)");
  const wal = join(DATA_DIR, 'postgres/pg_wal');
  await rename(wal, `${wal}.away`);
  await store.pool.query('SELECT pg_switch_wal()');
  await t.rejects(store.pool.query('DELETE FROM nodes').then(() => store.ping()));
  await rename(`${wal}.away`, wal);
  await log.seen(/the embedded Postgres died and is started again/);
  await until('the embedded Postgres to be back', () => store.ping().then(() => true), 60_000);
  t.same(await nodesIn(store), ['reg1']);
});

t.test('embedded: prepared statements outlast a connection; a DATA_DIR may have a long path', async (t) => {
  const DATA_DIR = join(await emptyDataDir(t), 'x'.repeat(100), 'y'.repeat(100));
  await cp(EMPTY, DATA_DIR, { recursive: true });
  const store = await openStore({ DATA_DIR }, logLines());
  t.teardown(() => store.close());
  const named = { name: 'one', text: 'SELECT 1 AS one' };
  await store.pool.query(named);
  const hanging = { text: 'SELECT pg_sleep(0.5)', query_timeout: 50 };
  await t.rejects(store.pool.query(hanging).catch(translateError), UNAVAILABLE);
  t.same((await store.pool.query(named)).rows, [{ one: 1 }]);
});

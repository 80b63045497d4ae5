import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Problem } from '../../src/errors.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { StoreError } from '../../src/store/store-error.js';
import { translateError } from '../../src/store/translate-error.js';
import { freePort } from '../support/free-port.js';
import { logLines } from '../support/log-lines.js';
import { startPostgres } from '../support/postgres.js';
import { launchUnderstudy, startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';

const postgres = await startPostgres({ durable: true });
t.teardown(() => postgres.stop());

// Made once, since the first start of an embedded Postgres takes seconds; each test has a copy.
const EMPTY = t.testdir();
await (await openStore({ DATA_DIR: EMPTY }, logLines())).close();

async function newDataDir(t: Test): Promise<string> {
  const directory = t.testdir();
  await cp(EMPTY, directory, { recursive: true });
  return directory;
}

async function newDatabase(): Promise<string> {
  const name = `d${await freePort()}`;
  const store = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, logLines());
  await store.pool.query(`CREATE DATABASE ${name}`);
  await store.close();
  return postgres.url.replace(/postgres$/, name);
}

const DATABASES = {
  embedded: async (t: Test) => ({ DATA_DIR: await newDataDir(t) }),
  server: async () => ({ DATABASE_URL: await newDatabase(), DATA_DIR: '' }),
};

async function tablesOf(store: Store): Promise<string> {
  const { rows } = await store.pool.query<{ names: string }>(
    "SELECT string_agg(tablename, ' ' ORDER BY tablename) AS names FROM pg_tables WHERE schemaname = 'public'",
  );
  return rows[0]?.names ?? '';
}

for (const [kind, makeDatabase] of Object.entries(DATABASES)) {
  t.test(`${kind}: the schema is there after the first start, and the data after the second`, async (t) => {
    const config = await makeDatabase(t);
    const first = await openStore(config, logLines());
    t.equal(first.kind, kind);
    t.match(await tablesOf(first), /agents contact_centers decisions endpoints .* understudy_schema_version/);
    await first.ping();
    await first.pool.query("INSERT INTO nodes VALUES ('reg1', 'registrar', NULL, 12, 180000)");
    await first.close();

    const log = logLines();
    const second = await openStore(config, log);
    t.teardown(() => second.close());
    t.same(log.lines, [], 'nothing is migrated twice');
    t.same((await second.pool.query('SELECT node FROM nodes')).rows, [{ node: 'reg1' }]);
  });

  t.test(`${kind}: errors of the data stay what they are`, async (t) => {
    const store = await openStore(await makeDatabase(t), logLines());
    t.teardown(() => store.close());
    const twice = "INSERT INTO nodes VALUES ('a', 'edge', NULL, 1, 1), ('a', 'edge', NULL, 1, 1)";
    await t.rejects(store.pool.query(twice).catch(translateError), {
      code: '23505',
      constraint: 'nodes_pkey',
    });
  });

  t.test(`${kind}: what was acknowledged survives a kill -9 of the service`, async (t) => {
    const { DATA_DIR: dataDir, DATABASE_URL: databaseUrl } = {
      DATABASE_URL: undefined,
      ...(await makeDatabase(t)),
    };
    const options = databaseUrl === undefined ? { dataDir } : { databaseUrl };
    const killed = await startUnderstudy(options);
    const node = `${killed.url}/v1/nodes/reg1`;
    const put = {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"role":"registrar"}',
    };
    t.ok((await fetch(node, put)).ok);
    await killed.kill9();
    await (await startUnderstudy(options)).stop();

    const store = await openStore(
      { DATA_DIR: dataDir, ...(databaseUrl && { DATABASE_URL: databaseUrl }) },
      logLines(),
    );
    t.teardown(() => store.close());
    t.same((await store.pool.query('SELECT node FROM nodes')).rows, [{ node: 'reg1' }]);
  });
}

t.test('server: of many instances that start at once one migrates and the others wait', async (t) => {
  const DATABASE_URL = await newDatabase();
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
    const unavailable = { name: 'Error', code: 'store_unavailable', status: 503, cause: Error };

    await insert('before');
    own.freeze();
    await t.rejects(insert('frozen'), unavailable);
    own.thaw();
    await until('the thawed server to answer', isBack);

    const log = t.capture(process.stderr, 'write');
    await own.kill9();
    await t.rejects(insert('dead'), Problem);
    await own.start();
    await until('the server to answer after its crash', isBack);
    await own.restart();
    await until('the server to answer after its restart', isBack);
    t.same(log(), []);
    const { rows } = await store.pool.query("SELECT node FROM nodes WHERE node IN ('before', 'dead')");
    t.same(rows, [{ node: 'before' }], 'what was acknowledged is there, what was refused is not');
  },
);

t.test('embedded: a second process on one DATA_DIR is refused with one line', async (t) => {
  const dataDir = await newDataDir(t);
  const first = await startUnderstudy({ dataDir });
  t.teardown(() => first.stop());
  const second = launchUnderstudy({ dataDir });
  t.equal(await second.ended, 1);
  t.equal(
    second.output(),
    `understudy: DATA_DIR ${dataDir} is in use by the process ${first.pid}: ` +
      'stop that one, or give this one a directory of its own\n',
  );
  await t.rejects(openStore({ DATA_DIR: dataDir }, logLines()), StoreError);
  t.equal((await fetch(`${first.url}/readyz`)).status, 200, 'the first is not disturbed');
});

t.test('embedded: the same process cannot open one DATA_DIR twice', async (t) => {
  const DATA_DIR = await newDataDir(t);
  const store = await openStore({ DATA_DIR }, logLines());
  await t.rejects(openStore({ DATA_DIR }, logLines()), new RegExp(`in use by the process ${process.pid}:`));
  await store.close();
  t.same((await readdir(DATA_DIR)).sort(), ['postgres'], 'neither a lock nor a socket is left over');
});

t.test(
  'embedded: the lock of a dead process, or of one whose pid is used again, is taken over',
  async (t) => {
    const DATA_DIR = await newDataDir(t);
    const dead = spawn('true');
    await once(dead, 'exit');
    const someoneElse = `lock-${process.ppid}-1-00000000`;
    for (const lock of [`lock-${dead.pid}-1-00000000`, someoneElse, 'lock-1--'])
      await writeFile(join(DATA_DIR, lock), '');
    const store = await openStore({ DATA_DIR }, logLines());
    t.equal((await readdir(DATA_DIR)).filter((file) => file.startsWith('lock-')).length, 1);
    t.equal((await stat(join(DATA_DIR, 'socket'))).mode & 0o777, 0o700);
    await store.close();
  },
);

t.test('embedded: a DATA_DIR that cannot be used is named', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file');
  await t.rejects(
    openStore({ DATA_DIR: file }, logLines()),
    new RegExp(`DATA_DIR ${file} cannot start: EEXIST`),
  );
});

t.test('embedded: a path too long for a unix socket works all the same', async (t) => {
  const DATA_DIR = join(await newDataDir(t), 'x'.repeat(100));
  await mkdir(DATA_DIR);
  await rename(join(DATA_DIR, '../postgres'), join(DATA_DIR, 'postgres'));
  const store = await openStore({ DATA_DIR }, logLines());
  await store.ping();
  await store.close();
});

t.test('embedded: killed while it is made, it is made anew', async (t) => {
  const dataDir = t.testdir();
  const killed = launchUnderstudy({ dataDir });
  await until('the new database', () => stat(join(dataDir, 'postgres.new/global')));
  killed.signal('SIGKILL');
  await killed.ended;
  const store = await openStore({ DATA_DIR: dataDir }, logLines());
  await store.ping();
  await store.close();
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
  t.match(await log.seen(/started again/), /the embedded Postgres died/);
  await until('the embedded Postgres to be back', () => store.ping().then(() => true));
  t.equal((await store.pool.query('SELECT 1 FROM nodes')).rowCount, 1);
});

t.test('embedded: prepared statements work on after the connection was lost', async (t) => {
  const store = await openStore({ DATA_DIR: await newDataDir(t) }, logLines());
  t.teardown(() => store.close());
  const named = { name: 'one', text: 'SELECT 1 AS one' };
  await store.pool.query(named);
  const hanging = { text: 'SELECT pg_sleep(0.5)', query_timeout: 50 };
  await t.rejects(store.pool.query(hanging).catch(translateError), Problem);
  t.same((await store.pool.query(named)).rows, [{ one: 1 }]);
});

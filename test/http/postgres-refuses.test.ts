import { execFile } from 'node:child_process';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { openStore } from '../../src/store/open-store.js';
import { logLines } from '../support/log-lines.js';
import { postgresUser, startPostgres } from '../support/postgres.js';
import { until } from '../support/until.js';
import { CENTER, SILENT } from './call-service.js';
import { send } from './send.js';

const sh = promisify(execFile);
/** An empty database takes 8 MB. */
const SMALL = '24m';
const MANY = Array.from({ length: 2_000 }, (_, i) => ({ name: `agent${i}`, skills: { sales: 1 } }));

const postgres = await startPostgres();
t.teardown(() => postgres.stop());

/** By a connection of its own, for the service ends those that lead to a server that refuses. */
async function ask(text: string, connectionString = postgres.url) {
  // Also where the server's default is to be read-only.
  const client = new pg.Client({ connectionString, options: '-c default_transaction_read_only=off' });
  await client.connect();
  try {
    return await client.query(text);
  } finally {
    await client.end();
  }
}

async function setReadOnly(
  how: 'SET default_transaction_read_only = on' | 'RESET default_transaction_read_only',
) {
  await ask(`ALTER SYSTEM ${how}`);
  await ask('SELECT pg_reload_conf()');
}

async function serviceOn(t: Test, DATABASE_URL: string) {
  const store = await openStore({ DATABASE_URL, DATA_DIR: '' }, SILENT);
  t.teardown(() => store.close());
  const log = logLines();
  const logger = Object.assign(Object.create(SILENT), log);
  const app = await buildApp({ store, logger });
  t.teardown(() => app.close());
  let cseq = 0;
  return {
    app,
    lines: log.lines,
    send: (line: string, body?: object) => send(app, line, body),
    register: (agent: number) => {
      cseq += 1;
      // Long, so that a few fill a page.
      const contact = `<sip:agent${agent}@10.0.0.7;x=${'x'.repeat(180)}>;expires=300`;
      const aor = `sip:agent${agent}@cc.example.com`;
      return send(app, 'POST /v1/register', {
        aor,
        contact,
        call_id: `call${agent}`,
        cseq,
        user_agent: 'y'.repeat(250),
      });
    },
    stored: async () => (await ask('SELECT FROM endpoints', DATABASE_URL)).rowCount,
    ask: (text: string) => store.pool.query(text).catch(() => {}),
    /** The next query is on its way when the server ends its session. */
    breakUnderRead: async () => {
      const { query } = store.pool;
      store.pool.query = (async (...args: Parameters<typeof query>) => {
        store.pool.query = query;
        await store.pool.query('SELECT pg_terminate_backend(pg_backend_pid())');
        return query.apply(store.pool, args);
      }) as typeof query;
    },
    isReady: async () => (await send(app, 'GET /readyz')).body.status === 'ready',
  };
}

t.test('people who ask for too much hold up no phone', async (t) => {
  const service = await serviceOn(t, postgres.url);
  await service.send('PUT /v1/contact-centers/cc.example.com', { ...CENTER, agents: MANY.slice(0, 20) });
  const holder = new pg.Client(postgres.url);
  await holder.connect();
  t.teardown(() => holder.end());
  await holder.query('SELECT pg_advisory_lock(1)');
  let answered = 0;
  const busy = Array.from({ length: 30 }, async () => {
    await service.ask('SELECT pg_advisory_xact_lock_shared(1)');
    answered += 1;
  });
  for (let agent = 10; agent < 20; agent++) t.match((await service.register(agent)).body, { stored: true });
  t.ok(answered < busy.length, `${busy.length - answered} of them still wait`);
  await holder.query('SELECT pg_advisory_unlock(1)');
  await Promise.all(busy);
  await service.send('DELETE /v1/contact-centers/cc.example.com');
});

t.test('who reads does not notice that the server has ended the connection', async (t) => {
  const service = await serviceOn(t, postgres.url);
  const read = () => service.send('GET /v1/changes');
  t.equal((await read()).status, 200);
  await service.breakUnderRead();
  t.equal((await read()).status, 200);
});

t.test('a write that was given up is ended before the next: it can not be carried out later', async (t) => {
  const service = await serviceOn(t, `${postgres.url}?query_timeout=300`);
  await service.send('PUT /v1/contact-centers/cc.example.com', { ...CENTER, agents: MANY.slice(0, 20) });
  const [holder, observer] = [new pg.Client(postgres.url), new pg.Client(postgres.url)];
  for (const client of [holder, observer]) {
    await client.connect();
    t.teardown(() => client.end());
  }
  const waiting = async () => {
    const text =
      "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INTO endpoints%'";
    return (await observer.query<{ pid: number }>(text)).rows.map(({ pid }) => pid);
  };
  await holder.query('BEGIN');
  await holder.query("SELECT FROM agents WHERE name = 'agent0' FOR UPDATE");
  const registered = service.register(0);
  const first = await until('it to wait', async () => (await waiting())[0]);
  t.match(await registered, { status: 200, body: { stored: false } });
  const second = await until('the next try', async () => (await waiting()).find((pid) => pid !== first));
  t.notOk((await waiting()).includes(first), `${first} is over before ${second} writes`);
  await holder.query('ROLLBACK');
  await until('it to be written', service.isReady);
  t.equal(await service.stored(), 1);
  await service.send('DELETE /v1/contact-centers/cc.example.com');
});

t.test('a read-only server: REGISTERs are answered and wait, changes are refused', async (t) => {
  const service = await serviceOn(t, postgres.url);
  const center = { ...CENTER, agents: MANY.slice(0, 10) };
  t.equal((await service.send('PUT /v1/contact-centers/cc.example.com', center)).status, 201);
  t.match((await service.register(0)).body, { stored: true });
  t.teardown(() => setReadOnly('RESET default_transaction_read_only'));
  await setReadOnly('SET default_transaction_read_only = on');
  await until('it to be seen', async () => !(await service.isReady()));
  t.match((await service.send('GET /readyz')).body.degraded, [
    { name: 'database', detail: /it is read-only/ },
  ]);
  for (const agent of [1, 2, 3])
    t.match(await service.register(agent), { status: 200, body: { stored: false } });
  for (const [line, body] of [
    ['PUT /v1/contact-centers/cc.example.com', { ...center, mode: 'b2bua' }],
    ['DELETE /v1/contact-centers/cc.example.com'],
    ['PUT /v1/nodes/reg1', { role: 'edge' }],
  ] as const) {
    t.match(await service.send(line, body), { status: 503, body: { code: 'store_unavailable' } }, line);
  }
  t.match((await service.send('GET /v1/contact-centers/cc.example.com')).body, { mode: 'proxy' });
  t.equal(await service.stored(), 1, 'it is read all the same');

  await setReadOnly('RESET default_transaction_read_only');
  await until('it to be written', service.isReady);
  t.equal(await service.stored(), 4);
  t.equal(service.lines.filter((line) => /could not be written .*"endpoints"/.test(line)).length, 1);
});

t.test(
  'a full disk: REGISTERs are answered and wait, changes are refused, until there is room',
  async (t) => {
    const disk = await smallDisk(t);
    if (!disk) return void t.pass('nothing may be mounted here', { skip: true });
    await ask(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await ask('CREATE DATABASE full_one TABLESPACE small');
    const service = await serviceOn(t, postgres.url.replace(/postgres$/, 'full_one'));
    t.equal(
      (await service.send('PUT /v1/contact-centers/cc.example.com', { ...CENTER, agents: MANY })).status,
      201,
    );
    t.match((await service.register(0)).body, { stored: true });

    const filler = join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(64 << 20)).catch(() => {});
    // What is left of the pages is used up first.
    let agent = 0;
    await until(
      'the disk to be full',
      async () => {
        agent += 1;
        const { status, body } = await service.register(agent);
        return status === 200 && body.stored === false;
      },
      60_000,
    );
    t.match(service.lines.at(-1), /could not be written .*53100/);
    t.equal(await service.isReady(), false);
    const other = {
      ...CENTER,
      agents: [...MANY, ...MANY.map(({ name, skills }) => ({ name: `new-${name}`, skills }))],
    };
    t.match(await service.send('PUT /v1/contact-centers/cc.example.com', other), {
      status: 503,
      body: { code: 'store_unavailable' },
    });
    const { body } = await service.send('GET /v1/contact-centers/cc.example.com');
    t.equal(body.agents.length, MANY.length, 'nothing has changed');

    await rm(filler);
    await until('it to be written', service.isReady);
    t.equal(await service.stored(), agent + 1);
    t.equal((await service.send('PUT /v1/contact-centers/cc.example.com', other)).status, 200);
    t.equal(service.lines.filter((line) => /could not be written .*"endpoints"/.test(line)).length, 1);
  },
);

/** A directory with little room, which Postgres may use; undefined where nothing can be mounted. */
async function smallDisk(t: Test): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'understudy-small-'));
  const { uid = process.getuid?.(), gid = process.getgid?.() } = await postgresUser();
  const options = `size=${SMALL},mode=700,uid=${uid},gid=${gid}`;
  const isMounted = await sh('mount', ['-t', 'tmpfs', '-o', options, 'understudy-small', directory]).then(
    () => true,
    () => false,
  );
  // Its tables are still open in the server, which ends later.
  t.teardown(async () => {
    if (isMounted) await sh('umount', ['--lazy', directory]);
    await rmdir(directory);
  });
  return isMounted ? directory : undefined;
}

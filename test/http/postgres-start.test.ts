import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import t from 'tap';
import { freePort } from '../support/free-port.js';
import { startPostgres } from '../support/postgres.js';
import { run } from '../support/process.js';
import { launchUnderstudy, startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { CENTER } from './call-service.js';

const sh = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;
/** The commit of the last release. */
const RELEASED = '6e8ac67';
/** A process that starts on a machine that is busy with other tests. */
const START_MS = 60_000;

async function call(url: string, method: string, path: string, body?: object) {
  const response = await fetch(`${url}${path}`, {
    ...{ method, headers: { 'content-type': 'application/json' } },
    ...(body && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: what the answer holds is what the tests are to find out
  const answer: any = await response.json();
  return { status: response.status, body: answer };
}

const register = (url: string, agent: string) =>
  call(url, 'POST', '/v1/register', {
    aor: `sip:${agent}@cc.example.com`,
    contact: `<sip:${agent}@10.0.0.7:5062>;expires=300`,
    ...{ call_id: agent, cseq: 1 },
  });

const listening = (output: () => string) =>
  until('it to listen', () => /Server listening at (http:[^"]+)"/.exec(output())?.[1], START_MS);

t.test('without Postgres it waits, says so once, and stops in order when told to', async (t) => {
  const port = await freePort();
  const databaseUrl = `postgres://u:secret@127.0.0.1:${port}/postgres`;
  const understudy = launchUnderstudy({ databaseUrl });
  t.teardown(() => understudy.signal('SIGKILL'));
  await until('it to say so', () => understudy.output().includes('waiting for Postgres'), START_MS);
  understudy.signal('SIGTERM');
  t.equal(await understudy.ended, 0);
  t.match(understudy.output(), new RegExp(`waiting for Postgres at 127.0.0.1:${port} `));
  t.equal(understudy.output().split('waiting for Postgres at').length, 3, 'once, and once at the end');
  t.notMatch(understudy.output(), /secret/);
});

t.test('of three that start at once on an empty database one migrates, and all are ready', async (t) => {
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const all = [1, 2, 3].map(() => launchUnderstudy({ databaseUrl: postgres.url }));
  t.teardown(() => {
    for (const one of all) one.signal('SIGKILL');
  });
  for (const { output } of all) {
    t.match(await call(await listening(output), 'GET', '/readyz'), { body: { status: 'ready' } });
  }
  const migrated = all.filter(({ output }) => output().includes('brought up to date'));
  t.equal(migrated.length, 1);
  const client = new pg.Client(postgres.url);
  await client.connect();
  const { rows } = await client.query(
    'SELECT count(*)::integer AS all, count(DISTINCT version)::integer AS versions FROM understudy_schema_version',
  );
  await client.end();
  t.equal(rows[0].all, rows[0].versions, 'each migration was applied once');
});

t.test('the last release goes on beside this one, on the schema of this one', async (t) => {
  const released = join(t.testdir(), 'released');
  await mkdir(released);
  const archive = `git archive ${RELEASED} src sql package.json tsconfig.json | tar x -C ${released}`;
  const known = await sh('sh', ['-c', `git cat-file -e ${RELEASED} && ${archive}`], { cwd: ROOT }).then(
    () => true,
    () => false,
  );
  if (!known) return void t.pass('this clone has no history', { skip: true });
  await symlink(join(ROOT, 'node_modules'), join(released, 'node_modules'));
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const { PATH, HOME } = process.env;
  const old = run(
    process.execPath,
    ['--import', join(ROOT, 'node_modules/tsx/dist/loader.mjs'), join(released, 'src/main.ts')],
    {
      ...{ PATH, HOME, PORT: '0', DATABASE_URL: postgres.url },
    },
  );
  t.teardown(() => old.signal('SIGKILL'));
  const oldUrl = await listening(old.output);
  t.equal((await call(oldUrl, 'PUT', '/v1/contact-centers/cc.example.com', CENTER)).status, 201);
  t.equal((await register(oldUrl, 'alice')).status, 200);

  const now = await startUnderstudy({ databaseUrl: postgres.url });
  t.teardown(() => now.kill9());
  const targets = async (url: string) =>
    (await call(url, 'GET', '/v1/targets?address=sip:sales@cc.example.com')).body.targets.map(
      ({ agent, role }: { agent?: string; role: string }) => agent ?? role,
    );
  t.same(await targets(now.url), ['contact_center', 'alice', 'treatment']);

  t.equal((await register(oldUrl, 'bob')).status, 200);
  t.same(await targets(oldUrl), ['contact_center', 'alice', 'bob', 'treatment']);
  t.equal(
    (await call(oldUrl, 'PUT', '/v1/contact-centers/cc.example.com', { ...CENTER, mode: 'b2bua' })).status,
    200,
  );
  t.equal((await call(oldUrl, 'GET', '/v1/decisions')).status, 200);
});

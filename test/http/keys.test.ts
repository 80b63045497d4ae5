import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { openStore } from '../../src/store/open-store.js';
import { fillDataDir } from '../support/embedded-data-dir.js';
import { startPostgres } from '../support/postgres.js';
import type { Running } from '../support/process.js';
import { startProgram } from '../support/program.js';
import { launchUnderstudy, startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { onBothDatabases, SILENT } from './call-service.js';
import { type Sent, send } from './send.js';

const ADMIN = { name: 'ops', scopes: ['admin', 'signalling'] };
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const CALL = { ruri: 'sip:sales@cc.example.com', call_id: 'c@198.51.100.4' };

onBothDatabases(t, {
  'the life of a key': async (t, service) => {
    const { app } = service;
    t.teardown(() => service.store.pool.query('TRUNCATE api_keys'));
    const ask = (line: string, key: string, body?: object) => send(app, line, body, bearer(key));
    t.equal((await send(app, 'GET /v1/nodes')).status, 200, 'without keys everybody may do everything');

    const first = await send(app, 'POST /v1/keys', { name: 'edge1', scopes: ['signalling'] });
    t.match(first, {
      status: 409,
      body: { code: 'conflict', detail: /^The first key must have scope admin/ },
    });
    const narrow = { ...ADMIN, contact_centers: ['cc.example.com'] };
    t.equal((await send(app, 'POST /v1/keys', narrow)).status, 409, 'nobody could make keys for others');

    const made = await send(app, 'POST /v1/keys', ADMIN);
    t.equal(made.status, 201);
    t.equal(made.headers['cache-control'], 'no-store');
    const { key: root, ...document } = made.body;
    t.match(root, /^understudy_[0-9a-f]{32}_[\w-]{43}$/);
    t.strictSame(document, {
      ...{ id: document.id, name: 'ops', scopes: ['admin', 'signalling'], contact_centers: null },
      ...{
        created_at: '2026-11-22T12:00:00.000Z',
        expires_at: null,
        rotated_at: null,
        old_secret_until: null,
      },
      ...{ revoked_at: null, last_used_at: null },
    });
    t.equal((await send(app, 'GET /v1/nodes')).status, 401, 'from then on a key is needed');
    t.strictSame((await ask(`GET /v1/keys/${document.id}`, root)).body, {
      ...document,
      last_used_at: document.created_at,
    });

    await t.test('whose key it was stands beside who it says that it is', async (t) => {
      const order = { kind: 'bypass', reason: 'a test', by: 'the boss', expires_in_seconds: 600 };
      const ordered = await ask('POST /v1/overrides', root, { contact_center: 'cc.example.com', ...order });
      t.match(ordered, { status: 201, body: { by: 'the boss', asked_by: /ops/ } });
      const { body } = await ask('GET /v1/overrides', root);
      t.match(body.overrides, [{ by: 'the boss', asked_by: /ops/ }]);
      const { rows } = await service.store.pool.query('SELECT asked_by FROM overrides');
      t.match(rows, [{ asked_by: /ops/ }]);
      t.equal((await ask(`DELETE /v1/overrides/${ordered.body.id}`, root)).status, 204);
    });

    await t.test('what is kept is no secret', async (t) => {
      const { rows } = await service.store.pool.query('SELECT to_jsonb(k)::text AS row FROM api_keys k');
      const secret = root.split('_').slice(2).join('_');
      t.notMatch(rows[0].row, new RegExp(secret));
      const history = await ask(`GET /v1/changes?subject=keys/${document.id}`, root);
      t.match(history.body.changes, [
        { kind: 'configuration', by: 'from 127.0.0.1', before: null, after: { name: 'ops' } },
      ]);
      t.notMatch(JSON.stringify(history.body), new RegExp(`${secret}|hash`));
    });

    await t.test('rotation: for a time both are good, then the new one alone', async (t) => {
      const path = `POST /v1/keys/${document.id}/rotate`;
      const second = (await ask(path, root, { overlap_seconds: 60 })).body;
      t.match(second, { id: document.id, old_secret_until: '2026-11-22T12:01:00.000Z' });
      t.equal((await ask('GET /v1/keys', root)).status, 200);
      t.equal((await ask('GET /v1/keys', second.key)).status, 200);
      const third = (await ask(path, second.key, { overlap_seconds: 60 })).body;
      t.equal((await ask('GET /v1/keys', root)).status, 401, 'two are good, never three');
      service.now += 60_000;
      t.equal((await ask('GET /v1/keys', second.key)).status, 401);
      t.equal((await ask('GET /v1/keys', third.key)).status, 200);
      const { body } = await ask('GET /v1/changes?limit=1', third.key);
      t.match(body.changes, [{ by: 'key ops', after: { rotated_at: String } }]);
      const at_once = (await ask(path, third.key, { overlap_seconds: 0 })).body;
      t.equal((await ask('GET /v1/keys', third.key)).status, 401);
      service.now += 1;
      Object.assign(document, { key: at_once.key });
    });
    const now = document.key as string;

    await t.test('the oldest comes first, also when it was changed last', async (t) => {
      const made = [];
      for (const name of ['older', 'newer']) {
        made.push((await ask('POST /v1/keys', now, { name, scopes: ['read'] })).body.id);
      }
      await ask(`POST /v1/keys/${made[0]}/rotate`, now, {});
      const { keys } = (await ask('GET /v1/keys', now)).body;
      t.strictSame(
        keys.slice(-2).map(({ name }: { name: string }) => name),
        ['older', 'newer'],
      );
      for (const id of made) await ask(`DELETE /v1/keys/${id}`, now);
    });

    await t.test('expiry, to the second', async (t) => {
      const short = (await ask('POST /v1/keys', now, { ...ADMIN, expires_in_seconds: 10 })).body;
      t.equal((await ask('POST /v1/route', short.key, CALL)).status, 200);
      service.now += 10_000;
      t.match(await ask('POST /v1/route', short.key, CALL), {
        status: 401,
        body: { detail: 'The API key has expired' },
        headers: { 'www-authenticate': 'Bearer realm="understudy", error="invalid_token"' },
      });
    });

    await t.test('nobody locks everybody out', async (t) => {
      t.match(await ask(`DELETE /v1/keys/${document.id}`, now), { status: 409, body: { code: 'conflict' } });
      const other = (await ask('POST /v1/keys', now, ADMIN)).body;
      t.equal((await ask(`DELETE /v1/keys/${document.id}`, now)).status, 204);
      t.match(await ask('GET /v1/nodes', now), { status: 401, body: { detail: 'The API key was revoked' } });
      t.equal((await ask(`DELETE /v1/keys/${document.id}`, other.key)).status, 404, 'once');
      t.equal((await ask(`POST /v1/keys/${document.id}/rotate`, other.key, {})).status, 404);
      t.match((await ask(`GET /v1/keys/${document.id}`, other.key)).body, { revoked_at: String });
      t.equal((await send(app, 'GET /v1/nodes')).status, 401);
      Object.assign(document, { key: other.key });
    });

    await t.test('who is limited makes and sees only keys within the limits', async (t) => {
      const root = document.key as string;
      const mine = (
        await ask('POST /v1/keys', root, { ...ADMIN, name: 'mine', contact_centers: ['CC.example.com.'] })
      ).body;
      t.same(mine.contact_centers, ['cc.example.com']);
      const make = (contact_centers: string[] | null) =>
        ask('POST /v1/keys', mine.key, { name: 'x', scopes: ['signalling'], contact_centers });
      t.equal((await make(null)).status, 403);
      t.equal((await make(['cc.example.com', 'other.example.com'])).status, 403);
      t.equal((await make(['cc.example.com'])).status, 201);
      const { keys } = (await ask('GET /v1/keys', mine.key)).body;
      t.same(keys.map(({ name }: { name: string }) => name).sort(), ['mine', 'x']);
    });
  },
});

t.test('other instances and the command line: known within seconds; Postgres away: keys go on', async (t) => {
  const postgres = await startPostgres({ durable: true });
  t.teardown(() => postgres.stop());
  const keys = (...args: string[]) => runKeys({ DATABASE_URL: postgres.url }, args);
  const root = await newKey(t, keys('create', '--name', 'ops', '--scope', 'admin', '--scope', 'signalling'));
  const [one, other] = [
    await startUnderstudy({ databaseUrl: postgres.url }),
    await startUnderstudy({ databaseUrl: postgres.url }),
  ];
  t.teardown(() => Promise.all([one.stop(), other.stop()]));
  const status = async (url: string, key: string) =>
    (await fetch(`${url}/v1/agents`, { headers: bearer(key) })).status;
  t.equal(await status(one.url, root), 200);
  t.notMatch(one.logs(), /there is no API key/);

  const made = await newKey(t, keys('create', '--name', 'reader', '--scope', 'read', '--expires-in', '1h'));
  for (const { url } of [one, other])
    await until('the new key to be known', async () => (await status(url, made)) === 200);
  const list = (await ended(t, keys('list')))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(list, [{ name: 'ops' }, { name: 'reader', scopes: ['read'], expires_at: String }]);
  const store = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, SILENT);
  await until('their use to be kept', async () => {
    const { rows } = await store.pool.query('SELECT FROM api_keys WHERE last_used_at IS NULL');
    return rows.length === 0;
  });
  await store.close();

  postgres.freeze();
  t.equal(await status(one.url, made), 200);
  await until('the keys not to be read', () => one.logs().includes('the last known ones go on'));
  t.equal(await status(one.url, made), 200);
  postgres.thaw();
  await until('the keys to be read again', () => one.logs().includes('the API keys can be read again'));

  await ended(t, keys('revoke', list[1].id));
  // 429: when the key was new, and not known yet, it was refused as often as a source may be within a minute.
  for (const { url } of [one, other])
    await until('it to be refused', async () => [401, 429].includes(await status(url, made)));
  const changes = await fetch(`${one.url}/v1/changes?subject=keys/${list[1].id}`, { headers: bearer(root) });
  t.match(await changes.json(), {
    changes: [{ by: /^command line \(/, after: { revoked_at: String } }, { before: null }],
  });
  await ended(t, keys('revoke', list[0].id));
  await until('it to be said', () => one.logs().includes('no valid API key has scope admin'));
  const { status: without } = await fetch(`${one.url}/v1/agents`);
  t.ok([401, 429].includes(without), 'not open again, although every key is revoked');
});

t.test('the command line on an embedded Postgres, and what it says when it cannot', async (t) => {
  const DATA_DIR = t.testdir();
  await fillDataDir(DATA_DIR);
  const wrong = runKeys({ DATA_DIR }, ['create', '--name', 'edge1', '--scope', 'signalling']);
  t.equal(await wrong.ended, 1);
  t.match(wrong.output(), /^understudy: The first key must have scope admin[^\n]*\n$/);
  const root = await newKey(t, runKeys({ DATA_DIR }, ['create', '--name', 'ops', '--scope', 'admin']));
  const understudy = await startUnderstudy({ dataDir: DATA_DIR });
  t.teardown(() => understudy.stop());
  t.equal((await fetch(`${understudy.url}/v1/nodes`, { headers: bearer(root) })).status, 200);
  const locked = runKeys({ DATA_DIR }, ['list']);
  t.equal(await locked.ended, 1);
  t.match(
    locked.output(),
    /^understudy: The service is running on the embedded Postgres.*POST \/v1\/keys[^\n]*\n$/,
  );
  const usage = runKeys({ DATA_DIR }, ['make']);
  t.equal(await usage.ended, 1);
  t.match(usage.output(), /^understudy: there is no command make\nunderstudy: npm run keys -- create/);
});

t.test(
  'listening elsewhere than on loopback: refused in one line without keys, done with them',
  async (t) => {
    const postgres = await startPostgres();
    t.teardown(() => postgres.stop());
    const env = { HOST: '0.0.0.0' };
    const refused = launchUnderstudy({ databaseUrl: postgres.url, env });
    t.equal(await refused.ended, 1);
    t.match(
      refused.output(),
      /^understudy: HOST must be a loopback address, not 0\.0\.0\.0, as long as there is neither an API key/m,
    );
    const root = await newKey(
      t,
      runKeys({ DATABASE_URL: postgres.url }, ['create', '--name', 'ops', '--scope', 'admin']),
    );
    const understudy = await startUnderstudy({ databaseUrl: postgres.url, env });
    t.teardown(() => understudy.stop());
    t.match(understudy.logs(), /unencrypted: set TLS_CERT_FILE/);
    t.equal((await fetch(`${understudy.url}/v1/nodes`)).status, 401);
    t.equal((await fetch(`${understudy.url}/v1/nodes`, { headers: bearer(root) })).status, 200);
  },
);

t.test('429: who asks too much comes again later; whoever else asks goes on', async (t) => {
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const store = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, SILENT);
  t.teardown(() => store.close());
  let now = Date.UTC(2026, 10, 22, 12);
  const rate = { max: 3, windowMs: 10_000 };
  const limits = { signalling: { max: 5, windowMs: 1_000 }, people: rate, open: rate, unauthorized: rate };
  const app = await buildApp({ store, clock: () => now, limits });
  t.teardown(() => app.close());
  for (let i = 0; i < 9; i += 1)
    t.equal((await send(app, 'GET /v1/nodes')).status, 200, 'no limits without keys');
  const root = (await send(app, 'POST /v1/keys', ADMIN)).body.key;
  const { key } = (
    await send(app, 'POST /v1/keys', { name: 'b', scopes: ['read', 'signalling'] }, bearer(root))
  ).body;

  const times = async (n: number, line: string, headers = {}, body?: object) => {
    const answers: Sent[] = [];
    for (let i = 0; i < n; i += 1) answers.push(await send(app, line, body, headers));
    return answers.map(({ status }) => status);
  };
  t.same(await times(4, 'GET /v1/nodes', bearer(key)), [200, 200, 200, 429]);
  t.same(await times(1, 'GET /v1/keys', bearer(root)), [200], 'another key');
  t.same(
    await times(6, 'POST /v1/outcomes', bearer(key), {}),
    [400, 400, 400, 400, 400, 429],
    'signalling by itself',
  );
  t.same(await times(4, 'GET /livez'), [200, 200, 200, 429]);
  t.same(await times(4, 'GET /v1/nodes', bearer('x')), [401, 401, 401, 429]);
  now += 1_000;
  t.same(
    await times(1, 'POST /v1/outcomes', bearer(key), {}),
    [400],
    'a good key goes on beside bad ones, after a second',
  );
  const refused = await send(app, 'GET /v1/nodes', undefined, bearer(key));
  t.match(refused, { status: 429, body: { code: 'too_many_requests' }, headers: { 'retry-after': '9' } });
  now += 9_000;
  t.same(await times(1, 'GET /v1/nodes', bearer(key)), [200]);
});

function runKeys(env: Record<string, string>, args: readonly string[]) {
  return startProgram('cli/keys', { env, args });
}

async function ended(t: Test, command: Running): Promise<string> {
  t.equal(await command.ended, 0, command.output());
  return command.output();
}

/** The key's text, out of what was printed with it. */
async function newKey(t: Test, command: Running): Promise<string> {
  return /understudy_[0-9a-f]{32}_[\w-]{43}/.exec(await ended(t, command))?.[0] as string;
}

import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { openStore } from '../../src/store/open-store.js';
import { type OpenApi, operationsOf } from '../support/fuzz-operations.js';
import { startPostgres } from '../support/postgres.js';
import { NAMED_IN_QUERY, ROUTES, type RouteRow, type Tenant } from './access-routes.js';
import { SILENT } from './call-service.js';
import { type Sent, send } from './send.js';

const START = Date.UTC(2026, 10, 22, 12);
const [OWN, OTHER] = ['own.example.com', 'other.example.com'];
const SCOPES = ['signalling', 'read', 'admin'] as const;
/** What only the other tenant has. */
const OTHERS = /other\.example\.com|zoe|secretsales|192\.0\.2\.99/i;
const UNSTABLE = ['last_used_at', 'updated_at'];

const postgres = await startPostgres();
t.teardown(() => postgres.stop());
const store = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, SILENT);
t.teardown(() => store.close());
let now = START;
const unlimited = { max: Number.POSITIVE_INFINITY, windowMs: 1 };
const limits = { signalling: unlimited, people: unlimited, open: unlimited, unauthorized: unlimited };
const app = await buildApp({ store, clock: () => now, limits });
t.teardown(() => app.close());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const root = await newKey('root', ['admin', 'signalling'], null, '');

async function newKey(
  name: string,
  scopes: readonly string[],
  domains: string[] | null,
  by = root,
): Promise<string> {
  const body = { name, scopes, contact_centers: domains };
  const made = await send(app, 'POST /v1/keys', body, by === '' ? {} : bearer(by));
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return made.body.key;
}

async function asRoot(line: string, body?: object): Promise<Sent> {
  const answer = await send(app, line, body, bearer(root));
  if (answer.status >= 300) throw new Error(`${line}: ${JSON.stringify(answer.body)}`);
  return answer;
}

/** Everything that any of the routes is about, anew. */
async function newTenants(): Promise<{ own: Tenant; other: Tenant }> {
  await asRoot('PUT /v1/nodes/reg1', { role: 'registrar', rpc_url: 'http://127.0.0.1:9/RPC' });
  return {
    own: await newTenant({ domain: OWN, skillset: 'sales', agent: 'alice', place: 'sip:192.0.2.10:5060' }),
    other: await newTenant({
      domain: OTHER,
      skillset: 'secretsales',
      agent: 'zoe',
      place: 'sip:192.0.2.99:5060',
    }),
  };
}

async function newTenant(who: Pick<Tenant, 'domain' | 'skillset' | 'agent' | 'place'>): Promise<Tenant> {
  const { domain, skillset, agent, place } = who;
  await asRoot(`PUT /v1/contact-centers/${domain}`, {
    locations: [{ uri: place }],
    treatments: [{ name: 'hold-music', kind: 'music_on_hold', uri: 'sip:moh@192.0.2.30' }],
    skillsets: [{ name: skillset, treatment: 'hold-music' }],
    agents: [{ name: agent, skills: { [skillset]: 1 } }],
  });
  await asRoot(`PUT /v1/contact-centers/${domain}/agents/${agent}/credentials`, { password: 'only a test' });
  const route = await asRoot('POST /v1/route', {
    ruri: `sip:${skillset}@${domain}`,
    call_id: `${Math.random()}`,
  });
  const order = { reason: 'a test', by: 'the tests', expires_in_seconds: 3_600 };
  const drain = { contact_center: domain, kind: 'drain', location: place, ...order };
  const override = await asRoot('POST /v1/overrides', drain);
  await asRoot(`PUT /v1/contact-centers/${domain}/agents/${agent}/pause`, order);
  const key = await asRoot('POST /v1/keys', { name: domain, scopes: ['read'], contact_centers: [domain] });
  return { ...who, decision: route.body.decision, override: override.body.id, key: key.body.id };
}

/** Memory as people see it, and every row that Postgres has. */
async function state(): Promise<string[]> {
  const seen = [
    'changes',
    'decisions',
    'contact-centers',
    'nodes',
    'overrides',
    'agents',
    'health',
    'bypass',
    'keys',
  ].map(
    async (what) => `${what} ${JSON.stringify((await asRoot(`GET /v1/${what}?limit=1000`)).body, stable)}`,
  );
  const lines = await Promise.all(seen);
  const { rows: tables } = await store.pool.query(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  );
  for (const { name } of tables) {
    const { rows } = await store.pool.query(`SELECT to_jsonb(t) AS row FROM ${name} t`);
    lines.push(...rows.map(({ row }) => `${name} ${JSON.stringify(row, stable)}`));
  }
  return lines.sort();
}

function stable(name: string, value: unknown): unknown {
  return UNSTABLE.includes(name) ? undefined : value;
}

function ask(row: RouteRow, method: string, tenant: Tenant, headers: Record<string, string>): Promise<Sent> {
  return send(app, `${method} ${row.url(tenant)}`, row.body?.(tenant), headers);
}

const scoped = Object.fromEntries(
  await Promise.all(SCOPES.map(async (scope) => [scope, await newKey(scope, [scope], null)])),
);
const limited = Object.fromEntries(
  await Promise.all(SCOPES.map(async (scope) => [scope, await newKey(`own ${scope}`, [scope], [OWN])])),
);
const everything = await newKey('everything', SCOPES, null);
const expired = await asRoot('POST /v1/keys', { name: 'old', scopes: SCOPES, expires_in_seconds: 1 });
const revoked = await newKey('revoked', SCOPES, null);
const [, revokedId] = /^understudy_([0-9a-f]{32})_/.exec(revoked) as unknown as [string, string];
await asRoot(`DELETE /v1/keys/${revokedId.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`);
now += 1_000;

t.test('every documented route has its row, and the document says what it needs', async (t) => {
  const document = (await send(app, 'GET /openapi.json')).body as OpenApi;
  const operations = operationsOf(document);
  t.same([...operations.keys()].sort(), Object.keys(ROUTES).sort());
  for (const [name, operation] of operations) {
    const { scope } = ROUTES[name] as RouteRow;
    const { security } = operation as unknown as { security: object[] };
    t.same(security[0], scope === 'open' ? undefined : { api_key: [scope] }, name);
    t.equal(security.length, scope === 'signalling' ? 2 : scope === 'open' ? 0 : 1, name);
  }
});

const NOBODY: Readonly<Record<string, Record<string, string>>> = {
  'no key': {},
  'an expired key': bearer(expired.body.key),
  'a revoked key': bearer(revoked),
  'a wrong secret': bearer(everything.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))),
  'an unknown key': bearer(`understudy_${'0'.repeat(32)}_${'A'.repeat(43)}`),
  'an empty key': bearer(''),
  'a key that is too long': bearer('x'.repeat(4_000)),
  'another kind of credentials': { authorization: 'Basic dTpw' },
  'no scheme': { authorization: everything },
};

for (const [name, row] of Object.entries(ROUTES)) {
  const [method] = name.split(' ') as [string];
  const { scope, others, status } = row;
  const isAnswered = (t: Test, answer: Sent, words: string) => {
    if (status === undefined)
      t.ok(answer.status < 300, `${words}: ${answer.status} ${JSON.stringify(answer.body)}`);
    else t.equal(answer.status, status, words);
  };

  t.test(name, async (t) => {
    const { own, other } = await newTenants();
    if (scope === 'open') {
      for (const headers of Object.values(NOBODY))
        t.equal((await ask(row, method, own, headers)).status, 200);
      return;
    }
    const before = await state();

    for (const [who, headers] of Object.entries(NOBODY)) {
      for (const tenant of [own, other]) {
        const refused = await ask(row, method, tenant, headers);
        t.match(refused, { status: 401, body: { code: 'unauthorized' } }, who);
        t.match(refused.headers['www-authenticate'], /^Bearer realm="understudy"/);
        t.notMatch(JSON.stringify(refused.body), OTHERS);
      }
    }
    for (const given of SCOPES) {
      if (given === scope || (scope === 'read' && given === 'admin')) continue;
      for (const key of [scoped[given], limited[given]]) {
        const refused = await ask(row, method, own, bearer(key));
        t.match(refused, { status: 403, body: { code: 'forbidden' } }, `scope ${given}`);
        t.match(refused.headers['www-authenticate'], new RegExp(`insufficient_scope.*"${scope}"`));
      }
    }
    const asOwn = bearer(limited[scope]);
    if (others === 'never') {
      t.match(await ask(row, method, own, asOwn), { status: 403, body: { code: 'forbidden' } });
    } else {
      const answer = await ask(row, method, other, asOwn);
      if (others === 'left_out') t.notMatch(JSON.stringify(answer.body), OTHERS, 'nothing of others');
      else if (others === 'ignored') t.equal(answer.status, 204);
      else t.match(answer.body, { code: others });
      // What it asked for may be said again.
      t.notMatch(JSON.stringify(answer.body).replaceAll(OTHER, ''), OTHERS);
    }
    t.same(await state(), before, 'nothing has changed');

    isAnswered(t, await ask(row, method, other, bearer(scoped[scope])), 'a key without limits, other');
    if (others === 'never') return;
    const answer = await ask(row, method, own, asOwn);
    isAnswered(t, answer, 'its own');
    if (others === 'left_out') t.match(JSON.stringify(answer.body), /own\.example\.com/, 'and it is in it');
  });
}

t.test('admin reads, too', async (t) => {
  t.equal((await send(app, 'GET /v1/nodes', undefined, bearer(scoped.admin))).status, 200);
});

t.test('who names another contact center in the query is refused', async (t) => {
  const { other } = await newTenants();
  for (const url of NAMED_IN_QUERY) {
    const refused = await send(app, `GET ${url(other)}`, undefined, bearer(limited.read));
    t.match(refused, { status: 403, body: { code: 'forbidden' } }, url(other));
  }
  const spelt = `GET /v1/contact-centers/${OTHER.toUpperCase()}.`;
  t.equal((await send(app, spelt, undefined, bearer(limited.read))).status, 403, 'however it is spelt');
});

t.test('what is not here is not told to who has no key; what is open needs none', async (t) => {
  t.equal((await send(app, 'GET /v1/nothing')).status, 401);
  t.equal((await send(app, 'PATCH /v1/nodes/reg1')).status, 401);
  t.equal((await send(app, 'GET /v1/nothing', undefined, bearer(scoped.signalling))).status, 404);
  for (const path of ['/openapi.json', '/docs/', '/docs/static/swagger-ui-bundle.js']) {
    t.equal((await send(app, `GET ${path}`)).status, 200, path);
  }
  t.equal((await send(app, 'HEAD /v1/nodes')).status, 401, 'HEAD is no way around');
  t.equal((await send(app, 'HEAD /v1/nodes', undefined, bearer(scoped.read))).status, 200);
});

t.test('whoever is refused is refused before the body is read', async (t) => {
  const refused = await send(app, 'PUT /v1/contact-centers/own.example.com', '{');
  t.equal(refused.status, 401);
});

import t from 'tap';
import { buildApp } from '../../src/app.js';
import { until } from '../support/until.js';
import { onServer, type Service } from './call-service.js';
import { send } from './send.js';

const MANY = 100_000;
const REMEMBERED = 1_000;
const ENDS = { revoked: 'NULL, at', expired: 'at, NULL' };

/** As many keys as years of rotation leave, each ended a second after the one before. */
async function fill({ store, now }: Service, ends: string): Promise<void> {
  await store.pool.query(
    `INSERT INTO api_keys (id, name, scopes, secret_hash, created_at, expires_at, revoked_at)
     SELECT gen_random_uuid(), 'old ' || i, '{read}', '\\x00', at - interval '1 day', ${ends}
     FROM generate_series(1, ${MANY}) AS i,
          LATERAL (SELECT to_timestamp($1::float8 / 1000) - i * interval '1 second' AS at) AS ended`,
    [now],
  );
}

/** How many keys every question brings. */
function watch({ pool }: Service['store']): { pool: Service['store']['pool']; rows: () => number } {
  let rows = 0;
  const watched: typeof pool = Object.create(pool);
  watched.query = (async (query: { name?: string }, ...more: never[]) => {
    const answer = await (pool.query as (...given: unknown[]) => Promise<{ rows: unknown[] }>).call(
      pool,
      query,
      ...more,
    );
    if (query.name?.endsWith('-keys')) rows += answer.rows.length;
    return answer;
  }) as typeof pool.query;
  return {
    pool: watched,
    rows: () => {
      const until = rows;
      rows = 0;
      return until;
    },
  };
}

onServer(
  t,
  Object.fromEntries(
    Object.entries(ENDS).map(([what, ends]) => [
      `${MANY} keys that were ${what} are not read again`,
      async (t, service) => {
        const { store } = service;
        const { key, id } = (await send(service.app, 'POST /v1/keys', { name: 'ops', scopes: ['admin'] }))
          .body;
        const bearer = { authorization: `Bearer ${key}` };
        await fill(service, ends);
        await store.pool.query('ANALYZE api_keys');
        const watched = watch(store);
        const app = await buildApp({ store: { ...store, pool: watched.pool }, clock: () => service.now });
        t.teardown(() => app.close());
        await app.ready();
        t.equal(watched.rows(), REMEMBERED + 1, 'at the start');
        const { keys } = (await send(app, 'GET /v1/keys', undefined, bearer)).body;
        t.equal(keys.length, REMEMBERED + 1);
        t.ok(
          keys.some(({ name }: { name: string }) => name === 'old 1'),
          'those that ended last',
        );

        const other = (await send(service.app, 'POST /v1/keys', { name: 'b', scopes: ['read'] }, bearer))
          .body;
        const found = async () => (await send(app, `GET /v1/keys/${other.id}`, undefined, bearer)).body;
        await until('another key to be known', async () => (await found()).name === 'b');
        await send(service.app, `DELETE /v1/keys/${other.id}`, undefined, bearer);
        await until('it to be revoked', async () => typeof (await found()).revoked_at === 'string');
        const refused = await send(app, 'GET /v1/nodes', undefined, { authorization: `Bearer ${other.key}` });
        t.match(refused, { status: 401, body: { detail: 'The API key was revoked' } });
        t.ok(watched.rows() < 100, 'only those that are good, and what became of one');
        t.equal((await send(app, `GET /v1/keys/${id}`, undefined, bearer)).status, 200);
        const plan = await store.pool.query(
          "EXPLAIN SELECT FROM api_keys WHERE revoked_at IS NULL AND coalesce(expires_at, 'infinity') > now()",
        );
        t.match(JSON.stringify(plan.rows), 'api_keys_live');
      },
    ]),
  ),
);

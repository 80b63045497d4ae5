import pino from 'pino';
import t from 'tap';
import { withPart } from '../../src/admin/edit-contact-center.js';
import { loadAll, loadProvisioned } from '../../src/load.js';
import { buildParts } from '../../src/parts.js';
import { NO_LOG } from '../../src/share/shared-log.js';
import { openStore } from '../../src/store/open-store.js';
import { agent, contactCenter, DOMAIN, endpoint, registrar } from '../support/contact-center.js';
import { startPostgres } from '../support/postgres.js';

const log = pino({ level: 'silent' });

t.test('what is changed while Postgres is read again stays', async (t) => {
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const store = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, log);
  t.teardown(() => store.close());
  const parts = buildParts({
    ...{ ...store, log, clock: Date.now, shared: NO_LOG, personalDataDays: 30 },
    rpc: async () => null,
    append: async () => 'appended',
  });
  t.teardown(() => parts.close());
  await loadAll(parts, store.pool, Date.now());
  await parts.centers.save(DOMAIN, 'test', () => ({ center: contactCenter() }));
  const phone = endpoint('alice', { expires_at: Date.now() + 300_000 });
  let changes = 0;
  const change = async () => {
    changes += 1;
    await parts.centers.change(DOMAIN, 'test', (center) => withPart(center, 'agents', agent('erin')));
    await parts.nodes.put(registrar({ rpc_url: null }), 'test');
    await parts.orders.order({
      ...{ domain: DOMAIN, kind: 'bypass', reason: 'test', by: 'test', expires_in_seconds: 600 },
      ...{ skillset: null, location: null, agent: null, caller: null, address: null },
    });
    // on its way to Postgres
    parts.directory.putEndpoint(phone);
  };
  const pool: typeof store.pool = Object.create(store.pool);
  pool.query = (async (query: { name?: string }) => {
    const answer = await store.pool.query(query as never);
    if (query.name === 'load-overrides' && changes === 0) await change();
    return answer;
  }) as typeof pool.query;

  await loadProvisioned(parts, pool, Date.now());

  t.equal(changes, 1, 'there was a change when everything was read');
  const { directory, overrides } = parts;
  t.ok(directory.resolve({ user: 'erin', domain: DOMAIN }), 'the agent');
  t.ok(directory.node('reg1'), 'the node');
  t.equal(overrides.active(DOMAIN, Date.now()).length, 1, 'the override');
  t.same(directory.endpointsOf(DOMAIN, 'alice', Date.now()), [phone], 'the phone');
});

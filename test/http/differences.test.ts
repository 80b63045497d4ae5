import type { Test } from 'tap';
import t from 'tap';
import { buildApp } from '../../src/app.js';
import { until } from '../support/until.js';
import { onServer, type Service } from './call-service.js';
import { newKamailio, SALES } from './kamailio.js';
import { send } from './send.js';

const differences = async (t: Test, service: Service) => {
  const { app } = service;
  const { held, rpc_url, server } = await newKamailio(t);
  const music = 'sip:moh@192.0.2.30:5070';
  const get = () => send(app, 'GET /v1/nodes/reg1/differences');
  await send(app, 'PUT /v1/nodes/reg1', { role: 'registrar', rpc_url });
  await until('it to be brought up to date', async () => (await get()).body.total === 0);

  await t.test('GET 200: what is held else than it should be', async (t) => {
    held.get(SALES)?.delete(music);
    held.get(SALES)?.set('sip:ghost@192.0.2.66', 0.2);
    const { status, body } = await get();
    t.equal(status, 200);
    t.strictSame(body, {
      node: 'reg1',
      at: new Date(service.now).toISOString(),
      total: 2,
      differences: [
        {
          address: `sip:${SALES}`,
          contact: music,
          kind: 'missing',
          wanted: { q: 0.01, expires: null, path: null, received: null },
          held: null,
          repair: 'put',
        },
        {
          address: `sip:${SALES}`,
          contact: 'sip:ghost@192.0.2.66',
          kind: 'extra',
          wanted: null,
          held: { q: 0.2, expires: null, path: null, received: null },
          repair: 'remove',
        },
      ],
    });
  });

  await t.test('POST repair 202: it is put right', async (t) => {
    t.match(await send(app, 'POST /v1/nodes/reg1/repair'), { status: 202, body: '' });
    await until('it to be repaired', async () => (await get()).body.total === 0);
    t.same([...(held.get(SALES)?.keys() ?? [])].sort(), [music, 'sip:sales@192.0.2.10:5060']);
  });

  await t.test('a long list is cut', async (t) => {
    for (let i = 0; i < 1_200; i++) held.get(SALES)?.set(`sip:ghost@10.0.0.1:${i + 1}`, 0.2);
    const { body } = await get();
    t.same([body.total, body.differences.length], [1_200, 1_000]);
    for (let i = 0; i < 1_200; i++) held.get(SALES)?.delete(`sip:ghost@10.0.0.1:${i + 1}`);
  });

  await t.test('404, 400, 503', async (t) => {
    await send(app, 'PUT /v1/nodes/edge1', { role: 'edge' });
    await send(app, 'PUT /v1/nodes/reg2', { role: 'registrar' });
    for (const [method, what] of [
      ['GET', 'differences'],
      ['POST', 'repair'],
    ] as const) {
      const ask = (node: string) => send(app, `${method} /v1/nodes/${node}/${what}`);
      t.match(await ask('nobody'), { status: 404, body: { code: 'not_found' } });
      t.match(await ask('a%20b'), { status: 400, body: { code: 'bad_request', field: '/node' } });
      for (const node of ['edge1', 'reg2']) {
        t.match(await ask(node), { status: 503, body: { code: 'node_unavailable' } }, node);
      }
    }
    server.closeAllConnections();
    server.close();
    t.match(await get(), {
      status: 503,
      body: { code: 'node_unavailable', detail: 'reg1 could not be asked' },
    });
    t.equal((await send(app, 'POST /v1/nodes/reg1/repair')).status, 202, 'when it is there again');
  });
};

const HELD = `UPDATE endpoints SET held_since = to_timestamp($1::double precision / 1000)`;

const heldSince = async (t: Test, service: Service) => {
  const at = `sip:alice@cc.example.com`;
  await service.call('POST', '/v1/register', {
    aor: at,
    contact: '<sip:alice@10.0.0.7:5062>;expires=300',
    call_id: 'a',
    cseq: 1,
  });
  const { body } = await service.call('GET', `/v1/bindings?address=${at}`);
  t.match(body.bindings, [{ held_since: null }, { held_since: null, because: 'own endpoint' }]);
  await service.store.pool.query(HELD, [service.now - 60_000]);
  const later = await buildApp({ store: service.store, clock: () => service.now });
  t.teardown(() => later.close());
  await later.ready();
  const known = await send(later, `GET /v1/bindings?address=${at}`);
  t.match(known.body.bindings[1], {
    held_since: new Date(service.now - 60_000).toISOString(),
    because: 'own endpoint, held',
  });
};

onServer(t, { differences, 'held past its expiry': heldSince });

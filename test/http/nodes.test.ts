import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { onBothDatabases, type Service } from './call-service.js';
import { send } from './send.js';

const REG1 = {
  node: 'reg1',
  role: 'registrar',
  rpc_url: 'http://127.0.0.1:9/RPC',
  max_branches: 20,
  max_inv_lifetime_ms: 90_000,
};

const nodes = async (t: Test, { app, store }: Service) => {
  await t.test('PUT 201, 200: with defaults', async (t) => {
    const edge = await send(app, 'PUT /v1/nodes/edge1', { role: 'edge' });
    t.equal(edge.status, 201);
    t.strictSame(edge.body, {
      node: 'edge1',
      role: 'edge',
      rpc_url: null,
      max_branches: 12,
      max_inv_lifetime_ms: 180_000,
    });
    t.equal((await send(app, 'PUT /v1/nodes/reg1', { role: 'registrar', rpc_url: null })).status, 201);
    const again = await send(app, 'PUT /v1/nodes/reg1', { ...REG1, rpc_url: 'HTTP://127.0.0.1:9/RPC' });
    t.match(again, { status: 200, body: REG1 });
  });

  await t.test('GET 200, 404: also after a restart', async (t) => {
    const later = await buildApp({ store });
    t.teardown(() => later.close());
    for (const which of [app, later]) {
      t.match(await send(which, 'GET /v1/nodes/reg1'), { status: 200, body: REG1 });
      const { status, body } = await send(which, 'GET /v1/nodes');
      t.equal(status, 200);
      t.same(
        body.nodes.map(({ node }: { node: string }) => node),
        ['edge1', 'reg1'],
      );
    }
    t.match(await send(app, 'GET /v1/nodes/none'), { status: 404, body: { code: 'not_found' } });
  });

  await t.test('400: names the field', async (t) => {
    for (const [body, field] of [
      [{}, '/role'],
      [{ role: 'proxy' }, '/role'],
      [{ ...REG1, rpc_url: 'ftp://127.0.0.1/' }, '/rpc_url'],
      [{ ...REG1, rpc_url: 'kamailio' }, '/rpc_url'],
      [{ ...REG1, rpc_url: 'http://' }, '/rpc_url'],
      [{ ...REG1, rpc_url: 'http://user:secret@127.0.0.1/RPC' }, '/rpc_url'],
      [{ ...REG1, rpc_url: 7 }, '/rpc_url'],
      [{ ...REG1, rpc_url: `http://${'a'.repeat(600)}` }, '/rpc_url'],
      [{ ...REG1, max_branches: 1 }, '/max_branches'],
      [{ ...REG1, max_branches: 31 }, '/max_branches'],
      [{ ...REG1, max_branches: '12' }, '/max_branches'],
      [{ ...REG1, max_inv_lifetime_ms: 0 }, '/max_inv_lifetime_ms'],
      [{ ...REG1, node: 'reg2' }, '/node'],
      [{ ...REG1, max_branch: 12 }, '/max_branch'],
      [[], ''],
      ['', ''],
      ['{"role":', ''],
    ] as const) {
      const answer = await send(app, 'PUT /v1/nodes/reg1', body);
      t.match(answer, { status: 400, body: { code: 'bad_request', field } }, JSON.stringify(body));
    }
    for (const line of ['PUT /v1/nodes/a%20b', 'GET /v1/nodes/a%20b', 'DELETE /v1/nodes/a%2Fb']) {
      const body = line.startsWith('PUT') ? { role: 'edge' } : undefined;
      t.match(await send(app, line, body), { status: 400, body: { field: '/node' } }, line);
    }
    t.match(await send(app, 'GET /v1/nodes/reg1'), { body: REG1 }, 'nothing has changed');
  });

  await t.test('413, 415', async (t) => {
    const huge = { role: 'edge', rpc_url: 'x'.repeat(70_000) };
    t.match(await send(app, 'PUT /v1/nodes/reg1', huge), { status: 413, body: { code: 'body_too_large' } });
    t.match(await send(app, 'PUT /v1/nodes/reg1', 'role=edge', { 'content-type': 'text/plain' }), {
      status: 415,
      body: { code: 'unsupported_media_type' },
    });
  });

  await t.test('DELETE 204, 404', async (t) => {
    const json = { 'content-type': 'application/json' };
    t.equal(
      (await send(app, 'DELETE /v1/nodes/edge1', '', json)).status,
      204,
      'a type without a body does no harm',
    );
    t.match(await send(app, 'DELETE /v1/nodes/edge1'), { status: 404, body: { code: 'not_found' } });
    t.equal((await store.pool.query("SELECT FROM nodes WHERE node = 'edge1'")).rows.length, 0);
  });
};

const ANSWERS: Readonly<Record<string, unknown>> = {
  'core.uptime': { up_since: 'Sun Nov 22 12:00:00 2026' },
  'core.sockets_list': [{ socket: { proto: 'udp', ipaddress: '127.0.0.1', port: 5060 } }],
};

/** A Kamailio that takes every command, and tells what it was asked. */
async function newKamailio(t: Test) {
  const asked = new EventEmitter();
  const server = createServer(async (request, response) => {
    const { id, method, params } = JSON.parse(await text(request));
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: ANSWERS[method] ?? {} }));
    asked.emit(`${method} ${params[1] ?? ''}`.trim());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { asked, rpc_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/RPC` };
}

const started = async (t: Test, { app }: Service) => {
  const { asked, rpc_url } = await newKamailio(t);

  await t.test('a registrar that is made known is brought up to date at once', async () => {
    const added = once(asked, 'ul.add sales@cc.example.com');
    await send(app, 'PUT /v1/nodes/reg1', { role: 'registrar', rpc_url });
    await added;
  });

  await t.test('POST started 204: and again when it says that it was started', async (t) => {
    const restarted = once(asked, 'core.uptime');
    t.match(await send(app, 'POST /v1/nodes/reg1/started'), { status: 204, body: '' });
    await restarted;
  });

  await t.test('a contact center that is changed is changed there too', async () => {
    const added = once(asked, 'ul.add more@cc.example.com');
    await send(app, 'PUT /v1/contact-centers/cc.example.com/skillsets/more', {});
    await added;
    const removed = once(asked, 'ul.rm_contact more@cc.example.com');
    await send(app, 'DELETE /v1/contact-centers/cc.example.com/skillsets/more');
    await removed;
  });

  await t.test('POST started 204: whoever reports, whatever it sends along', async (t) => {
    await send(app, 'PUT /v1/nodes/edge1', { role: 'edge' });
    t.equal((await send(app, 'POST /v1/nodes/edge1/started', {})).status, 204);
    t.equal((await send(app, 'POST /v1/nodes/nobody/started')).status, 204);
    for (const type of [
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'application/octet-stream',
    ]) {
      for (const body of ['', '{', 'a=b']) {
        const { status } = await send(app, 'POST /v1/nodes/reg1/started', body, { 'content-type': type });
        t.equal(status, 204, `${type} ${body}`);
      }
    }
  });

  await t.test('POST started 400, 413, 415', async (t) => {
    t.match(await send(app, `POST /v1/nodes/${'a'.repeat(64)}/started`), {
      status: 400,
      body: { field: '/node' },
    });
    t.equal((await send(app, 'POST /v1/nodes/reg1/started', 'x'.repeat(70_000))).status, 413);
    t.equal((await send(app, 'POST /v1/nodes/reg1/started', 'x', { 'content-type': 'no type' })).status, 415);
  });
};

onBothDatabases(t, { nodes, 'their starts': started });

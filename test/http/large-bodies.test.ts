import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { DOCUMENT_BYTES } from '../../src/admin/limits.js';
import { request } from '../support/beside-calls.js';
import { hostileBodies, largeDocument } from '../support/large-documents.js';
import { onServer, type Service } from './call-service.js';
import { send } from './send.js';

const OWN = '/v1/contact-centers/own.example.com';
const OTHERS = '/v1/contact-centers/other.example.com';
const ANSWERED_MS = 2_000;

interface Listening {
  readonly url: string;
  /** A key limited to OWN. */
  readonly key: string;
}

async function listen(t: Test, { app }: Service): Promise<Listening> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const root = await newKey('root', null);
  const key = await newKey('tenant', ['own.example.com'], root);
  t.teardown(() => app.server.closeAllConnections());
  return { url, key };

  async function newKey(name: string, contact_centers: string[] | null, by = ''): Promise<string> {
    const headers = by === '' ? {} : { authorization: `Bearer ${by}` };
    return (await send(app, 'POST /v1/keys', { name, scopes: ['admin'], contact_centers }, headers)).body.key;
  }
}

/** Says that a large body follows, sends none of it, and takes the answer. */
function statusBeforeBody(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const body = { 'content-type': 'application/json', 'content-length': String(DOCUMENT_BYTES) };
    const sent = http.request(url, { method: 'PUT', agent: false, headers: { ...body, ...headers } });
    sent.on('response', ({ statusCode = 0 }) => {
      resolve(statusCode);
      sent.destroy();
    });
    sent.on('error', reject);
    sent.setTimeout(ANSWERED_MS, () => sent.destroy(new Error('its body is waited for')));
    sent.flushHeaders();
  });
}

onServer(t, {
  'who may not is told so before the body is read': async (t, service) => {
    const { url, key } = await listen(t, service);
    const bearer = { authorization: `Bearer ${key}` };
    t.equal(await statusBeforeBody(`${url}${OTHERS}`, bearer), 403);
    t.equal(await statusBeforeBody(`${url}${OTHERS}/agents/zoe`, bearer), 403);
    t.equal(await statusBeforeBody(`${url}/v1/nodes/reg1`, bearer), 403);
    t.equal(await statusBeforeBody(`${url}${OWN}`, {}), 401);
    const longer = { ...bearer, 'content-length': String(DOCUMENT_BYTES + 1) };
    t.equal(await statusBeforeBody(`${url}${OWN}`, longer), 413);
  },

  'bodies that are on their way have so much room and no more': async (t, service) => {
    const { url, key } = await listen(t, service);
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': String(DOCUMENT_BYTES),
      expect: '100-continue',
    };
    const slow = [1, 2].map(() => http.request(`${url}${OWN}`, { method: 'PUT', agent: false, headers }));
    for (const one of slow) one.on('error', () => {}).flushHeaders();
    // Then the service has seen it.
    await Promise.all(slow.map((one) => once(one, 'continue')));
    const third = async () => statusBeforeBody(`${url}${OWN}`, { authorization: `Bearer ${key}` });
    t.equal(await third(), 429);
    for (const one of slow) one.destroy();
  },

  'whatever a body is made of, the answer says what is wrong with it': async (t, service) => {
    const { url, key } = await listen(t, service);
    const headers = { authorization: `Bearer ${key}` };
    for (const [what, body] of hostileBodies(DOCUMENT_BYTES)) {
      const { status, bytes } = await request('PUT', `${url}${OWN}`, { body, headers });
      t.equal(status, 400, what);
      t.ok(bytes < 20_000, `${bytes} bytes of answer`);
    }
    t.equal((await request('PUT', `${url}${OWN}`, { body: largeDocument(), headers })).status, 201);
  },

  'what is parsed in the other thread is judged as all else': async (t, service) => {
    const { url, key } = await listen(t, service);
    const headers = { authorization: `Bearer ${key}` };
    const padding = ' '.repeat(70_000);
    const center = (more: string) => `{${padding}"locations":[{"uri":"sip:192.0.2.10"}]${more}}`;
    const status = async (more: string) =>
      (await request('PUT', `${url}${OWN}`, { body: Buffer.from(center(more)), headers })).status;
    t.equal(await status(''), 201);
    t.equal(await status(',"agents":[{"name":"a"}]'), 200);
    for (const wrong of [
      ',"agents":[{"name":"a","skills":{"__proto__":1}}]',
      ',"__proto__":{}',
      ',"constructor":{"prototype":{}}',
      ',"mode":"\\ud800"',
      ',"unknown":1',
      ',"headers":"true"',
      ',',
      ',"agents":[{"name":"a"},{"name":"a"}]',
    ]) {
      t.equal(await status(wrong), 400, wrong);
    }
    const found = await send(service.app, `GET ${OWN}`, undefined, headers);
    t.same(
      found.body.agents.map(({ name }: { name: string }) => name),
      ['a'],
    );
  },
});

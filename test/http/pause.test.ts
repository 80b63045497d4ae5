import t from 'tap';
import { buildApp } from '../../src/app.js';
import { onServer, register, type Service, START } from './call-service.js';
import { send } from './send.js';

const ALICE = '/v1/contact-centers/cc.example.com/agents/alice/pause';
const BODY = { reason: 'lunch', by: 'ops', expires_in_seconds: 1_800 };

const pause = (service: Service, part: object = {}, url = ALICE) =>
  send(service.app, `PUT ${url}`, { ...BODY, ...part });
const resume = (service: Service, url = ALICE, headers: Record<string, string> = {}) =>
  send(service.app, `DELETE ${url}`, undefined, headers);

async function called(service: Service, ruri = 'sip:sales@cc.example.com'): Promise<string[]> {
  const { body } = await service.call('GET', `/v1/targets?address=${ruri}`);
  return body.targets.flatMap(({ agent }: { agent?: string }) => agent ?? []);
}

async function paused(service: Service): Promise<unknown> {
  const { body } = await service.call('GET', '/v1/agents?contact_center=cc.example.com');
  return body.agents[0].paused;
}

async function overrides(service: Service): Promise<{ reason: string }[]> {
  return (await service.call('GET', '/v1/overrides?contact_center=cc.example.com')).body.overrides;
}

onServer(t, {
  'a paused agent gets no calls of skillsets, until resumed': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');
    await register(service, 'bob', '10.0.0.8');

    await t.test('PUT 200: the override', async (t) => {
      const { status, body } = await pause(service);
      t.equal(status, 200);
      t.match(body, {
        id: /^[0-9a-f-]{36}$/,
        contact_center: 'cc.example.com',
        kind: 'pause',
        agent: 'alice',
        skillset: null,
        reason: 'lunch',
        by: 'ops',
        asked_by: 'from 127.0.0.1',
        created_at: '2026-11-22T12:00:00.000Z',
        expires_at: '2026-11-22T12:30:00.000Z',
      });
      t.same(await overrides(service), [body]);
      t.same(await paused(service), { until: '2026-11-22T12:30:00.000Z', reason: 'lunch', by: 'ops' });
      t.same(await called(service), ['bob']);
      t.same(await called(service, 'sip:support@cc.example.com'), [], 'of none');
      t.same(await called(service, 'sip:alice@cc.example.com'), ['alice'], 'who calls alice wants alice');
    });

    await t.test('PUT again 200: the later one takes the place of the earlier', async (t) => {
      t.equal((await pause(service, { reason: 'training' })).status, 200);
      t.match(await overrides(service), [{ reason: 'training' }]);
    });

    await t.test('DELETE 204, then 404', async (t) => {
      t.match(await resume(service, ALICE, { from: 'ann@example.com' }), { status: 204, body: '' });
      t.equal(await paused(service), null);
      t.same(await called(service), ['alice', 'bob']);
      t.match(await resume(service), { status: 404, body: { code: 'not_found' } });
      const { body } = await service.call('GET', '/v1/changes?kind=override&limit=1');
      t.match(body.changes, [{ by: 'ann@example.com', before: { agent: 'alice' }, after: null }]);
    });
  },

  'a pause expires by itself': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');
    await pause(service, { expires_in_seconds: 60 });
    service.now = START + 59_999;
    t.same(await called(service), []);
    service.now = START + 60_000;
    t.same(await called(service), ['alice']);
    t.equal(await paused(service), null);
    t.match(await resume(service), { status: 404 });
  },

  'a pause outlives the service': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');
    await pause(service);
    await service.app.close();
    const app = await buildApp({ store: service.store, clock: () => service.now });
    t.teardown(() => app.close());
    const { body } = await send(app, 'GET /v1/agents?contact_center=cc.example.com');
    t.match(body.agents[0], { name: 'alice', paused: { reason: 'lunch' } });
    t.equal((await resume({ ...service, app })).status, 204);
  },

  'what is wrong is said': async (t, service) => {
    const wrong = async (part: object, field: string) =>
      t.match(await pause(service, part), { status: 400, body: { code: 'bad_request', field } }, field);
    await wrong({ reason: '' }, '/reason');
    await wrong({ by: undefined }, '/by');
    await wrong({ expires_in_seconds: 0 }, '/expires_in_seconds');
    await wrong({ expires_in_seconds: 604_801 }, '/expires_in_seconds');
    await wrong({ until: 'tomorrow' }, '/until');
    for (const [url, status, code] of [
      ['/v1/contact-centers/cc.example.com/agents/nobody/pause', 404, 'not_found'],
      ['/v1/contact-centers/nobody.example.com/agents/alice/pause', 404, 'unknown_contact_center'],
      ['/v1/contact-centers/a..b/agents/alice/pause', 400, 'bad_request'],
    ] as const) {
      t.match(await pause(service, {}, url), { status, body: { code } }, url);
      t.match(await resume(service, url), { status, body: { code } }, url);
    }
    t.match(await send(service.app, `PUT ${ALICE}`, '{'), { status: 400 });
    const text = await service.app.inject({
      method: 'PUT',
      url: ALICE,
      headers: { 'content-type': 'text/plain' },
      payload: 'x',
    });
    t.equal(text.statusCode, 415);
  },

  'PUT and DELETE 503 while Postgres is away, and nothing has changed': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');
    await pause(service);
    await service.postgres.kill9();
    t.match(await pause(service, { reason: 'training' }), {
      status: 503,
      body: { code: 'store_unavailable' },
    });
    t.match(await resume(service), { status: 503 });
    t.match(await paused(service), { reason: 'lunch' });
    await service.postgres.start();
  },
});

import t from 'tap';
import { buildApp } from '../../src/app.js';
import { until } from '../support/until.js';
import { onBothDatabases, type Service, START } from './call-service.js';
import { send } from './send.js';

const DOMAIN = 'cc.example.com';
const BYPASS = {
  contact_center: DOMAIN,
  kind: 'bypass',
  reason: 'the contact center is being upgraded',
  by: 'ops@example.com',
  expires_in_seconds: 600,
};

const order = (service: Service, part: object = {}) =>
  send(service.app, 'POST /v1/overrides', { ...BYPASS, ...part });
const list = async (service: Service, query = '') =>
  (await send(service.app, `GET /v1/overrides${query}`)).body.overrides;
const changes = async (service: Service, kind: string) =>
  (await send(service.app, `GET /v1/changes?contact_center=${DOMAIN}&kind=${kind}`)).body.changes;
const health = async (service: Service) =>
  (await send(service.app, `GET /v1/health?contact_center=${DOMAIN}`)).body.contact_centers[0];

onBothDatabases(t, {
  'what operators order': async (t, service) => {
    await t.test('POST 201: as it was ordered', async (t) => {
      const { status, body } = await order(service, { skillset: 'sales' });
      t.equal(status, 201);
      t.match(body, { id: /^[0-9a-f-]{36}$/, skillset: 'sales' });
      t.strictSame(
        { ...body, id: '' },
        {
          id: '',
          contact_center: DOMAIN,
          kind: 'bypass',
          skillset: 'sales',
          location: null,
          agent: null,
          caller: null,
          address: null,
          reason: BYPASS.reason,
          by: BYPASS.by,
          asked_by: 'from 127.0.0.1',
          created_at: '2026-11-22T12:00:00.000Z',
          expires_at: '2026-11-22T12:10:00.000Z',
        },
      );
    });

    await t.test('POST 201: every kind, in our spelling', async (t) => {
      const normal = { kind: 'normal', location: 'SIP:192.0.2.10:5060' };
      t.match(await order(service, normal), { status: 201, body: { location: 'sip:192.0.2.10:5060' } });
      t.equal((await order(service, { kind: 'drain', location: 'sip:192.0.2.10:5060' })).status, 201);
      const caller = { kind: 'drill', caller: 'sip:+14155550100@CARRIER.example.net:5070;user=phone' };
      t.match(await order(service, caller), {
        status: 201,
        body: { caller: 'sip:+14155550100@carrier.example.net' },
      });
      const address = { kind: 'drill', address: 'sip:SALES@cc.example.com' };
      t.match(await order(service, address), { status: 201, body: { address: 'sip:sales@cc.example.com' } });
      t.equal((await order(service, { expires_in_seconds: 604_800 })).status, 201);
    });

    await t.test('GET 200: all, or those of one contact center', async (t) => {
      await order(service, { contact_center: 'other.example.com' });
      t.equal((await list(service)).length, 7);
      t.equal((await list(service, '?contact_center=Other.example.com')).length, 1);
      t.same(await list(service, '?contact_center=nobody.example.com'), []);
    });

    await t.test('POST 400: names the field', async (t) => {
      for (const [part, field] of [
        [{ contact_center: 'nobody.example.com' }, '/contact_center'],
        [{ contact_center: 'not a domain' }, '/contact_center'],
        [{ contact_center: undefined }, '/contact_center'],
        [{ kind: 'pause' }, '/kind'],
        [{ kind: undefined }, '/kind'],
        [{ skillset: 'nobody' }, '/skillset'],
        [{ location: 'sip:192.0.2.10:5060' }, '/location'],
        [{ kind: 'drain' }, '/location'],
        [{ kind: 'drain', location: 'sip:192.0.2.11' }, '/location'],
        [{ kind: 'drain', location: 'tel:+1' }, '/location'],
        [{ kind: 'drain', location: 'sip:192.0.2.10:5060', skillset: 'sales' }, '/skillset'],
        [{ kind: 'drill' }, '/caller'],
        [{ kind: 'drill', caller: 'sip:example.com' }, '/caller'],
        [{ kind: 'drill', address: 'sip:nobody@cc.example.com' }, '/address'],
        [{ kind: 'drill', address: 'sip:sales@other.example.com' }, '/address'],
        [{ reason: '' }, '/reason'],
        [{ reason: 'a\u0000b' }, '/reason'],
        [{ reason: 'x'.repeat(501) }, '/reason'],
        [{ by: '' }, '/by'],
        [{ by: undefined }, '/by'],
        [{ expires_in_seconds: 0 }, '/expires_in_seconds'],
        [{ expires_in_seconds: 604_801 }, '/expires_in_seconds'],
        [{ expires_in_seconds: 1.5 }, '/expires_in_seconds'],
        [{ expires_in_seconds: '60' }, '/expires_in_seconds'],
        [{ expires_at: '2026-11-22T13:00:00Z' }, '/expires_at'],
      ] as const) {
        const answer = await order(service, part);
        t.match(answer, { status: 400, body: { code: 'bad_request', field } }, JSON.stringify(part));
      }
      t.match(await send(service.app, 'GET /v1/overrides?contact_center=a%20b'), {
        status: 400,
        body: { field: '/contact_center' },
      });
      t.match(await send(service.app, 'DELETE /v1/overrides/one'), { status: 400, body: { field: '/id' } });
      t.equal((await list(service)).length, 7, 'nothing has changed');
    });

    await t.test('413, 415', async (t) => {
      t.equal((await order(service, { reason: 'x'.repeat(70_000) })).status, 413);
      const text = await send(service.app, 'POST /v1/overrides', 'kind=bypass', {
        'content-type': 'text/plain',
      });
      t.equal(text.status, 415);
    });

    await t.test('DELETE 204, 404', async (t) => {
      for (const { id } of await list(service)) {
        t.match(await send(service.app, `DELETE /v1/overrides/${id.toUpperCase()}`), {
          status: 204,
          body: '',
        });
        t.match(await send(service.app, `DELETE /v1/overrides/${id}`), {
          status: 404,
          body: { code: 'not_found' },
        });
      }
      t.same(await list(service), []);
      t.equal((await service.store.pool.query('SELECT FROM overrides')).rows.length, 0);
    });
  },

  'bypass by order': async (t, service) => {
    t.match(await health(service), { bypass: false, bypass_since: null, skillsets: [] });
    const { body } = await order(service);
    t.match(await health(service), { bypass: true, bypass_since: '2026-11-22T12:00:00.000Z' });
    t.match(await changes(service, 'override'), [
      { subject: body.id, by: BYPASS.by, reason: BYPASS.reason, before: null, after: { kind: 'bypass' } },
    ]);
    t.match(await changes(service, 'bypass'), [
      {
        subject: 'contact_center',
        by: 'understudy',
        reason: `bypass, ordered by ${BYPASS.by}: ${BYPASS.reason}`,
        before: { bypass: false },
        after: { bypass: true },
      },
    ]);

    await t.test('it outlives a restart', async (t) => {
      const later = await buildApp({ store: service.store, clock: () => service.now });
      t.teardown(() => later.close());
      const { overrides } = (await send(later, 'GET /v1/overrides')).body;
      t.strictSame(overrides, [body]);
      t.match((await send(later, 'GET /v1/health')).body.contact_centers[0], {
        bypass: true,
        bypass_since: '2026-11-22T12:00:00.000Z',
      });
    });

    await t.test('it is withdrawn', async (t) => {
      service.now = START + 60_000;
      await send(service.app, `DELETE /v1/overrides/${body.id}`, undefined, { from: 'carol@example.com' });
      t.match(await health(service), { bypass: false, bypass_since: null });
      const [last] = await changes(service, 'override');
      t.match(last, { by: 'carol@example.com', reason: 'withdrawn', before: { id: body.id }, after: null });
      t.match((await changes(service, 'bypass'))[0], { after: { bypass: false } });
    });

    await t.test('one skillset by itself', async (t) => {
      const { body } = await order(service, { skillset: 'sales' });
      t.match(await health(service), { bypass: false, skillsets: [{ name: 'sales' }] });
      t.match((await changes(service, 'bypass'))[0], { subject: 'skillsets/sales', after: { bypass: true } });
      await send(service.app, `DELETE /v1/overrides/${body.id}`);
      t.same((await health(service)).skillsets, []);
    });

    await t.test('a drill is no bypass', async (t) => {
      await order(service, { kind: 'drill', address: 'sip:sales@cc.example.com', expires_in_seconds: 30 });
      t.match(await health(service), { bypass: false, skillsets: [] });
    });

    await t.test('it expires by itself', async (t) => {
      await order(service, { expires_in_seconds: 60 });
      service.now += 60_000;
      t.same(await list(service), [], 'from this moment');
      const [last] = await until('its end in the history', async () => {
        const found = await changes(service, 'override');
        return found[0].after === null && found[1].after === null && found;
      });
      t.match(last, { by: 'understudy', reason: 'expired', after: null });
      await until('the end of bypass', async () => !(await health(service)).bypass);
      const rows = () => service.store.pool.query('SELECT FROM overrides');
      await until('its end in Postgres', async () => (await rows()).rows.length === 0);
    });

    await t.test('it goes with its contact center', async (t) => {
      await order(service);
      await send(service.app, `DELETE /v1/contact-centers/${DOMAIN}`);
      await until('its end', async () => (await list(service)).length === 0);
      t.equal((await service.store.pool.query('SELECT FROM overrides')).rows.length, 0);
    });
  },

  'POST 503 while Postgres is away': async (t, service) => {
    if (!service.postgres) return;
    const { body } = await order(service);
    await service.postgres.kill9();
    t.match(await order(service), { status: 503, body: { code: 'store_unavailable' } });
    t.match(await send(service.app, `DELETE /v1/overrides/${body.id}`), { status: 503 });
    t.equal((await list(service)).length, 1, 'what is in force is known all the same');
    await service.postgres.start();
  },
});

import t from 'tap';
import { uuidv7 } from 'uuidv7';
import { buildApp } from '../../src/app.js';
import { History } from '../../src/outcome/history.js';
import { onBothDatabases, outage, register, type Service, SILENT, START } from './call-service.js';

const INVITE = {
  node: 'reg1',
  ruri: 'sip:sales@cc.example.com',
  from: 'sip:+14155550100@carrier.example.net',
  call_id: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6@198.51.100.4',
  source_ip: '198.51.100.4',
};
const DAY_MS = 24 * 3_600_000;

const route = async (service: Service, part: object = {}) =>
  (await service.call('POST', '/v1/route', { ...INVITE, ...part })).body;
const report = (service: Service, body: object) => service.call('POST', '/v1/outcomes', body);
const read = (service: Service, id: string) => service.call('GET', `/v1/decisions/${id}`);
const list = (service: Service, query: string) => service.call('GET', `/v1/decisions?${query}`);
const ids = (body: { decisions: { id: string }[] }) => body.decisions.map(({ id }) => id);

onBothDatabases(t, {
  'what became of a call': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');

    await t.test(
      'GET /v1/decisions/{id} 200: the decision as it was answered, with its outcomes',
      async (t) => {
        const { decision, targets } = await route(service);
        service.now = START + 2_001;
        const failed = { decision, target: 0, event: 'failed', status: 408, elapsed_ms: 2_001, node: 'reg1' };
        t.same(await report(service, failed), { status: 204, body: null });
        service.now = START + 3_500;
        t.equal((await report(service, { decision, target: 1, event: 'ringing' })).status, 204);
        const { status, body } = await read(service, decision);
        t.equal(status, 200);
        t.strictSame(body, {
          id: decision,
          at: '2026-11-22T12:00:00.000Z',
          contact_center: 'cc.example.com',
          address: 'sip:sales@cc.example.com',
          bypass: false,
          drill: false,
          node: 'reg1',
          call_id: INVITE.call_id,
          from: INVITE.from,
          source_ip: '198.51.100.4',
          returns_from: null,
          targets,
          out: [
            {
              role: 'agent',
              agent: 'bob',
              uri: null,
              code: 'not_registered',
              because: 'no phone is registered',
            },
          ],
          outcomes: [
            {
              target: 0,
              event: 'failed',
              status: 408,
              elapsed_ms: 2_001,
              node: 'reg1',
              at: '2026-11-22T12:00:02.001Z',
            },
            {
              target: 1,
              event: 'ringing',
              status: null,
              elapsed_ms: null,
              node: null,
              at: '2026-11-22T12:00:03.500Z',
            },
          ],
        });
        t.same((await read(service, decision.toUpperCase())).body, body, 'an id has no case');
        service.now = START;
      },
    );

    await t.test('what was not told is null', async (t) => {
      const { ruri, call_id } = INVITE;
      const { body } = await service.call('POST', '/v1/route', { ruri, call_id });
      t.match((await read(service, body.decision)).body, {
        node: null,
        from: null,
        source_ip: null,
        outcomes: [],
      });
    });

    await t.test('POST /v1/outcomes: the first of several reports stands', async (t) => {
      const { decision } = await route(service);
      const once = { decision, target: 0, event: 'failed' };
      // The first two leave in one batch, the third finds them written.
      await report(service, { ...once, status: 503 });
      await report(service, { ...once, status: 408 });
      await read(service, decision);
      t.equal(
        (await report(service, { ...once, decision: decision.toUpperCase(), status: 500 })).status,
        204,
      );
      t.match((await read(service, decision)).body.outcomes, [{ target: 0, event: 'failed', status: 503 }]);
      t.equal((await read(service, decision)).body.outcomes.length, 1);
    });

    await t.test('POST /v1/outcomes: one for a decision that is not known is kept for it', async (t) => {
      const decision = uuidv7();
      t.equal((await report(service, { decision, target: 3, event: 'answered', status: 200 })).status, 204);
      t.equal((await read(service, decision)).status, 404);
      const { rows } = await service.store.pool.query('SELECT target FROM outcomes WHERE decision = $1', [
        decision,
      ]);
      t.same(rows, [{ target: 3 }]);
    });

    await t.test('POST /v1/outcomes: every event is one', async (t) => {
      const { decision } = await route(service);
      for (const event of ['ringing', 'answered', 'failed', 'canceled', 'ended']) {
        t.equal(
          (await report(service, { decision, target: 0, event, status: null, elapsed_ms: null })).status,
          204,
        );
      }
      t.equal((await read(service, decision)).body.outcomes.length, 5);
    });

    await t.test('POST /v1/outcomes 400 names the field', async (t) => {
      const good = {
        decision: uuidv7(),
        target: 0,
        event: 'failed',
        status: 408,
        elapsed_ms: 1,
        node: 'reg1',
      };
      for (const [field, part] of [
        ['/decision', { decision: undefined }],
        ['/decision', { decision: 'one' }],
        ['/decision', { decision: `urn:uuid:${good.decision}` }],
        ['/target', { target: undefined }],
        ['/target', { target: -1 }],
        ['/target', { target: 1.5 }],
        ['/target', { target: '0' }],
        ['/target', { target: 3_000_000_000 }],
        ['/event', { event: undefined }],
        ['/event', { event: 'exploded' }],
        ['/status', { status: 99 }],
        ['/status', { status: 700 }],
        ['/elapsed_ms', { elapsed_ms: -1 }],
        ['/elapsed_ms', { elapsed_ms: 2 ** 31 }],
        ['/node', { node: 'a\0b' }],
      ] as const) {
        const { status, body } = await report(service, { ...good, ...part });
        t.match({ status, ...body }, { status: 400, code: 'bad_request', field }, JSON.stringify(part));
      }
    });

    await t.test('POST /v1/outcomes 413, 415', async (t) => {
      const url = '/v1/outcomes';
      const large = await service.app.inject({ method: 'POST', url, payload: { node: 'x'.repeat(100_000) } });
      t.match(large.json(), { status: 413, code: 'body_too_large' });
      const headers = { 'content-type': 'text/xml' };
      const other = await service.app.inject({ method: 'POST', url, headers, payload: '<failed/>' });
      t.match(other.json(), { status: 415, code: 'unsupported_media_type' });
    });

    await t.test('GET /v1/decisions/{id} 400, 404', async (t) => {
      for (const id of ['one', '1', `${uuidv7()}0`, `urn:uuid:${uuidv7()}`, '%00']) {
        const { status, body } = await read(service, id);
        t.match({ status, ...body }, { status: 400, code: 'bad_request', field: '/id' }, id);
      }
      const { status, body } = await read(service, uuidv7());
      t.match({ status, ...body }, { status: 404, code: 'not_found' });
    });
  },

  'GET /v1/decisions': async (t, service) => {
    const sales: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      service.now = START + i * 1_000;
      sales.unshift((await route(service)).decision);
    }
    const other = (await route(service, { ruri: 'sip:sales@other.example.com' })).decision;
    await report(service, { decision: sales[1], target: 0, event: 'answered', status: 200 });

    await t.test('200: the newest first, each with its outcomes', async (t) => {
      const { status, body } = await list(service, '');
      t.equal(status, 200);
      t.same(ids(body), [other, ...sales]);
      t.match(body.decisions[2].outcomes, [{ target: 0, event: 'answered', status: 200 }]);
      t.same(body.decisions[2], (await read(service, sales[1] as string)).body);
      t.same(
        body.decisions.map((one: { outcomes: object[] }) => one.outcomes.length),
        [0, 0, 1, 0, 0],
      );
    });

    await t.test('200: of one address, however it is spelled', async (t) => {
      t.same(ids((await list(service, 'address=sip:sales@cc.example.com')).body), sales);
      t.same(ids((await list(service, 'address=SIP:s%2561les@CC.example.com:5060')).body), sales);
      t.same(ids((await list(service, 'address=sip:sales@other.example.com')).body), [other]);
      t.same(ids((await list(service, 'address=sip:nobody@cc.example.com')).body), []);
    });

    await t.test('200: since a time, that time included', async (t) => {
      const since = (text: string) => list(service, `since=${text}&address=sip:sales@cc.example.com`);
      t.same(ids((await since('2026-11-22T12:00:02Z')).body), sales.slice(0, 2));
      t.same(ids((await since('2026-11-22T13:00:02.000%2B01:00')).body), sales.slice(0, 2));
      t.same(ids((await since('2026-11-22T12:00:02.001Z')).body), sales.slice(0, 1));
      t.same(ids((await since('0000-01-01T00:00:00Z')).body), sales);
      t.same(ids((await since('9999-12-31T23:59:59Z')).body), []);
    });

    await t.test('200: at most so many, 100 when nothing is said', async (t) => {
      t.same(ids((await list(service, 'limit=2')).body), [other, sales[0]]);
      for (let i = 0; i < 100; i += 1) await route(service);
      t.equal((await list(service, '')).body.decisions.length, 100);
      t.equal((await list(service, 'limit=1000')).body.decisions.length, 105);
    });

    await t.test('400 names the parameter', async (t) => {
      for (const [field, query] of [
        ['/address', 'address=sales'],
        ['/address', 'address=sip:cc.example.com'],
        ['/address', 'address=sip:a%0d%0a@cc.example.com'],
        ['/since', 'since=yesterday'],
        ['/since', 'since=2026-13-01T00:00:00Z'],
        ['/since', 'since=2026-11-22T12:00:02'],
        ['/since', 'since=2016-12-31T23:59:60Z'],
        ['/limit', 'limit=0'],
        ['/limit', 'limit=1001'],
        ['/limit', 'limit=many'],
      ] as const) {
        const { status, body } = await list(service, query);
        t.match({ status, ...body }, { status: 400, code: 'bad_request', field }, query);
      }
    });
  },

  'history is kept for 30 days': async (t, service) => {
    const old = (await route(service)).decision;
    await report(service, { decision: old, target: 0, event: 'failed' });
    service.now = START + 1;
    const young = (await route(service)).decision;
    await report(service, { decision: young, target: 0, event: 'failed' });
    await list(service, '');

    service.now = START + 30 * DAY_MS + 1;
    const history = new History({ pool: service.store.pool, log: SILENT, clock: () => service.now });
    t.teardown(() => history.close());
    await history.forgetOld();
    t.same(ids((await list(service, '')).body), [young]);
    const { rows } = await service.store.pool.query('SELECT decision FROM outcomes');
    t.same(rows, [{ decision: young }]);
  },

  'personal data is kept for as long as a setting says': async (t, service) => {
    const { pool } = service.store;
    const kept = async (personalDataDays: number) => {
      const history = new History({ pool, log: SILENT, clock: () => service.now, personalDataDays });
      await history.forgetOld();
      await history.close();
      return ids((await list(service, '')).body);
    };
    const old = (await route(service)).decision;
    await list(service, '');
    service.now = START + 7 * DAY_MS;
    t.same(await kept(7), [old]);
    service.now += 1;
    t.same(await kept(7), []);

    await register(service, 'alice', '10.0.0.7');
    await route(service);
    await list(service, '');
    t.same(await kept(0), [], 'what was written before the setting was 0 goes');
    const app = await buildApp({ store: service.store, clock: () => service.now, personalDataDays: 0 });
    t.teardown(() => app.close());
    await app.inject({ method: 'POST', url: '/v1/route', payload: INVITE });
    const { decisions } = (await app.inject('/v1/decisions')).json();
    t.match(decisions, [
      { call_id: '', from: null, source_ip: null, targets: [{}, { uri: 'sip:alice@cc.example.com' }, {}] },
    ]);
    const { rows } = await pool.query('SELECT to_jsonb(d)::text AS row FROM decisions d');
    t.equal(rows.length, 1);
    t.notMatch(rows[0].row, /14155550100|198\.51\.100\.4|f81d4fae|10\.0\.0\.7/);
    t.same(await kept(0), [decisions[0].id], 'and that stays, for 30 days');
    service.now += 30 * DAY_MS + 1;
    t.same(await kept(0), []);
  },

  'while the database is away': async (t, service) => {
    const before = (await route(service)).decision;
    await read(service, before);
    const comeBack = await outage(service);

    await t.test('calls are answered and outcomes taken', async (t) => {
      t.type((await route(service)).decision, 'string');
      t.equal((await report(service, { decision: before, target: 0, event: 'answered' })).status, 202);
    });

    await t.test('503 store_unavailable for readers', async (t) => {
      for (const { status, body } of [await read(service, before), await list(service, '')]) {
        t.match({ status, ...body }, { status: 503, code: 'store_unavailable' });
      }
    });

    await t.test('what was told meanwhile is there afterwards', async (t) => {
      await comeBack();
      t.equal((await list(service, '')).body.decisions.length, 2);
      t.match((await read(service, before)).body.outcomes, [{ event: 'answered' }]);
    });
  },
});

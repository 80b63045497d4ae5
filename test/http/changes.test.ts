import t from 'tap';
import { ChangeLog } from '../../src/changes/change-log.js';
import type { Change } from '../../src/live/change.js';
import { onBothDatabases, outage, type Service, SILENT, START } from './call-service.js';
import { send } from './send.js';

const AT = '/v1/contact-centers/cc.example.com';
const DAY_MS = 24 * 3_600_000;
const OPS = { from: 'ops@example.com' };

const list = (service: Service, query = '') => service.call('GET', `/v1/changes${query}`);
const bypass = (service: Service, query = '') => service.call('GET', `/v1/bypass${query}`);

/** What other parts of the service tell. */
async function told(service: Service, ...changes: Partial<Change>[]): Promise<void> {
  const log = new ChangeLog({ pool: service.store.pool, log: SILENT, clock: () => service.now });
  for (const change of changes) {
    log.changed({
      at: service.now,
      domain: 'cc.example.com',
      kind: 'health',
      subject: 'sip:192.0.2.10:5060',
      by: 'understudy',
      reason: '2 of the last 3 calls failed',
      before: { state: 'up' },
      after: { state: 'down' },
      ...change,
    });
  }
  await log.close();
}

onBothDatabases(t, {
  'who changed what': async (t, service) => {
    const { app } = service;
    const newest = async () => (await list(service, '?limit=1')).body.changes[0];

    await t.test('a contact center comes: the whole document', async (t) => {
      const { status, body } = await list(service, '?contact_center=CC.Example.com.');
      t.equal(status, 200);
      t.equal(body.changes.length, 1);
      const [change] = body.changes;
      t.match(change, {
        at: new Date(START).toISOString(),
        contact_center: 'cc.example.com',
        kind: 'configuration',
        subject: 'contact_center',
        by: 'from 127.0.0.1',
        reason: null,
        before: null,
      });
      t.strictSame(change.after, (await send(app, `GET ${AT}`)).body);
    });

    await t.test('a part, a skill, the locations, a setting: what differs, and who it was', async (t) => {
      service.now += 1_000;
      await send(app, `PUT ${AT}/skillsets/sales`, { treatment: 'hold-music', ring_seconds: 20 }, OPS);
      t.strictSame(await newest(), {
        at: new Date(START + 1_000).toISOString(),
        contact_center: 'cc.example.com',
        kind: 'configuration',
        subject: 'skillsets/sales',
        by: 'ops@example.com',
        reason: null,
        before: { ring_seconds: 12 },
        after: { ring_seconds: 20 },
      });
      await send(app, `PUT ${AT}/agents/bob/skills/support`, { level: 4 }, OPS);
      const skills = { before: { skills: { sales: 2 } }, after: { skills: { sales: 2, support: 4 } } };
      t.match(await newest(), { subject: 'agents/bob', by: OPS.from, ...skills });
      await send(app, `DELETE ${AT}/agents/bob/skills/support`, undefined, OPS);
      t.match(await newest(), { subject: 'agents/bob', before: skills.after, after: skills.before });
      await send(app, `DELETE ${AT}/agents/bob`, undefined, OPS);
      t.match(await newest(), { subject: 'agents/bob', before: { name: 'bob' }, after: null });
      await send(app, `PUT ${AT}/locations`, { locations: [{ uri: 'sip:192.0.2.20' }] }, OPS);
      t.match(await newest(), {
        subject: 'locations',
        by: OPS.from,
        before: [{ uri: 'sip:192.0.2.10:5060' }],
        after: [{ uri: 'sip:192.0.2.20' }],
      });
      const document = (await send(app, `GET ${AT}`)).body;
      await send(app, `PUT ${AT}`, { ...document, held_seconds: 60 }, OPS);
      t.strictSame(
        [(await newest()).before, (await newest()).after],
        [{ held_seconds: 14_400 }, { held_seconds: 60 }],
      );
    });

    await t.test('what changes nothing, or is refused, is no change', async (t) => {
      const before = (await list(service)).body.changes.length;
      const document = (await send(app, `GET ${AT}`)).body;
      t.equal((await send(app, `PUT ${AT}`, document)).status, 200);
      t.equal((await send(app, `PUT ${AT}`, { ...document, locations: [] })).status, 400);
      t.equal((await send(app, `PUT ${AT}`, document, { 'if-match': '"old"' })).status, 412);
      t.equal((await list(service)).body.changes.length, before);
    });

    await t.test('nodes, which belong to no contact center', async (t) => {
      const node = { role: 'registrar', rpc_url: null };
      await send(app, 'PUT /v1/nodes/reg1', node, OPS);
      t.match(await newest(), {
        contact_center: null,
        subject: 'nodes/reg1',
        by: OPS.from,
        before: null,
        after: { node: 'reg1', ...node },
      });
      await send(app, 'PUT /v1/nodes/reg1', { ...node, max_branches: 20 }, OPS);
      t.strictSame(
        [(await newest()).before, (await newest()).after],
        [{ max_branches: 12 }, { max_branches: 20 }],
      );
      await send(app, 'DELETE /v1/nodes/reg1', undefined, OPS);
      t.match(await newest(), { subject: 'nodes/reg1', before: { max_branches: 20 }, after: null });
    });

    await t.test('a contact center goes: with everything that is needed to put it again', async (t) => {
      const document = (await send(app, `GET ${AT}`)).body;
      await send(app, `DELETE ${AT}`, undefined, OPS);
      const change = await newest();
      t.match(change, { subject: 'contact_center', by: OPS.from, after: null });
      t.strictSame(change.before, document);
      t.equal((await send(app, `PUT ${AT}`, change.before)).status, 201);
    });
  },

  'GET /v1/changes 200, 400: the newest first, by contact center, kind, subject and time': async (
    t,
    service,
  ) => {
    await told(
      service,
      { at: START + 1, domain: 'other.example.com' },
      { at: START + 2 },
      { at: START + 2, kind: 'override', subject: '0192', by: 'ann', reason: 'maintenance', before: null },
    );
    const briefly = async (query: string) =>
      (await list(service, query)).body.changes.map(
        ({ contact_center, kind }: { contact_center: string; kind: string }) =>
          `${contact_center.split('.')[0]} ${kind}`,
      );
    const all = ['cc override', 'cc health', 'other health', 'other configuration', 'cc configuration'];
    t.same(await briefly(''), all);
    t.same(await briefly('?limit=2'), all.slice(0, 2));
    t.same(await briefly('?contact_center=cc.example.com'), [...all.slice(0, 2), all[4]]);
    t.same(await briefly('?kind=health'), all.slice(1, 3));
    t.same(await briefly('?subject=sip:192.0.2.10:5060&contact_center=other.example.com'), [all[2]]);
    t.same(await briefly('?contact_center=cc.example.com&kind=override&subject=0192'), [all[0]]);
    t.same(await briefly(`?since=${new Date(START + 2).toISOString()}`), all.slice(0, 2));
    t.same(await briefly('?contact_center=none.example.com'), []);
    t.match((await list(service, '?limit=1')).body.changes[0], {
      by: 'ann',
      reason: 'maintenance',
      before: null,
    });
    for (const [query, field] of [
      ['?contact_center=a%20b', '/contact_center'],
      ['?kind=weather', '/kind'],
      ['?subject=%00', '/subject'],
      ['?since=yesterday', '/since'],
      ['?since=2016-12-31T23:59:60Z', '/since'],
      ['?limit=0', '/limit'],
      ['?limit=1001', '/limit'],
    ] as const) {
      const { status, body } = await list(service, query);
      t.match({ status, ...body }, { status: 400, code: 'bad_request', field }, query);
    }
  },

  'GET /v1/bypass 200, 400, 404: how long, per contact center and skillset': async (t, service) => {
    const turned = (at: number, to: boolean, subject = 'contact_center'): Partial<Change> => ({
      ...{ at, kind: 'bypass', subject, reason: null },
      ...{ before: { bypass: !to }, after: { bypass: to } },
    });
    await told(
      service,
      turned(START - 40 * DAY_MS, true),
      turned(START - 29 * DAY_MS, false),
      turned(START - 60_000, true, 'skillsets/sales'),
    );
    const thirtyDaysAgo = new Date(START - 30 * DAY_MS).toISOString();
    const sales = {
      contact_center: 'cc.example.com',
      skillset: 'sales',
      bypass: true,
      changed_at: new Date(START - 60_000).toISOString(),
      seconds: 60,
    };
    const whole = {
      contact_center: 'cc.example.com',
      skillset: null,
      bypass: false,
      changed_at: new Date(START - 29 * DAY_MS).toISOString(),
      seconds: 86_400,
    };
    const other = {
      contact_center: 'other.example.com',
      skillset: null,
      bypass: false,
      changed_at: null,
      seconds: 0,
    };
    t.strictSame(await bypass(service), {
      status: 200,
      body: { since: thirtyDaysAgo, until: new Date(START).toISOString(), bypass: [whole, sales, other] },
    });
    const since = new Date(START - 30_000).toISOString();
    t.strictSame((await bypass(service, `?contact_center=cc.example.com&since=${since}`)).body.bypass, [
      { ...whole, seconds: 0 },
      { ...sales, seconds: 30 },
    ]);
    for (const [query, status, code, field] of [
      ['?contact_center=none.example.com', 404, 'unknown_contact_center', undefined],
      ['?contact_center=a%20b', 400, 'bad_request', '/contact_center'],
      ['?since=yesterday', 400, 'bad_request', '/since'],
    ] as const) {
      const { body, ...answer } = await bypass(service, query);
      t.match({ ...answer, ...body }, { status, code, ...(field && { field }) }, query);
    }
  },

  'changes are kept for 400 days': async (t, service) => {
    await told(service, { at: START + 1 });
    await list(service);
    const log = new ChangeLog({
      pool: service.store.pool,
      log: SILENT,
      clock: () => START + 400 * DAY_MS + 1,
    });
    t.teardown(() => log.close());
    await log.forgetOld();
    t.match((await list(service)).body.changes, [{ kind: 'health' }]);
  },

  'while the database is away: 503 for readers': async (t, service) => {
    const comeBack = await outage(service);
    t.teardown(comeBack);
    for (const { status, body } of [await list(service), await bypass(service)]) {
      t.match({ status, ...body }, { status: 503, code: 'store_unavailable' });
    }
  },
});

import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { until } from '../support/until.js';
import { type Answer, CENTER, onBothDatabases, outage, type Service, START } from './call-service.js';

const URI = 'sip:alice@10.0.0.7:5062;transport=udp';
const INSTANCE = '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>';
const REGISTER = {
  node: 'edge1',
  aor: 'sip:alice@cc.example.com',
  contact: `<${URI}>;expires=300;+sip.instance="${INSTANCE}";reg-id=1`,
  expires: 600,
  call_id: 'a84b4c76e66710',
  cseq: 12,
  path: '<sip:edge1.example.com;lr>',
  received: 'sip:203.0.113.9:5062',
  user_agent: 'phone 1.0',
  source_ip: '203.0.113.9',
};

const register = (service: Service, part: object = {}) =>
  service.call('POST', '/v1/register', { ...REGISTER, ...part });

const brief = ({ body }: Answer): string[] =>
  body.registrations.map(
    (r: { aor: string; role: string; q: number; expires: number }) =>
      `${r.aor} ${r.role} ${r.q} ${r.expires}`,
  );

/** The agents that a call to an address would be offered to. */
async function agents(service: Service, address = 'sip:sales@cc.example.com'): Promise<string[]> {
  const { body } = await service.call('GET', `/v1/targets?address=${address}`);
  return body.targets.flatMap((target: { agent?: string }) => target.agent ?? []);
}

async function rows(service: Service): Promise<{ agent: string; contact: string; cseq: string }[]> {
  const { rows } = await service.store.pool.query('SELECT agent, contact, cseq FROM endpoints ORDER BY 1, 2');
  return rows;
}

/** Time goes on until there are so many: a row stays for a while, in case a bypass is noticed late. */
async function rowsGoTo(service: Service, count: number): Promise<void> {
  await until('the row to be gone', async () => {
    service.now += 1_000;
    return (await rows(service)).length === count;
  });
}

/** The service that is started next on the same database. */
async function restarted(t: Test, service: Service): Promise<Service> {
  const app = await buildApp({ store: service.store, clock: () => service.now });
  t.teardown(() => app.close());
  return {
    ...service,
    app,
    call: async (method, url, body) => {
      const answer = await app.inject({ method, url, ...(body && { payload: body }) });
      return { status: answer.statusCode, body: answer.json() };
    },
  };
}

onBothDatabases(t, {
  '200: every registration that the REGISTER makes due, committed': async (t, service) => {
    const answer = await register(service);
    t.equal(answer.status, 200);
    const { body } = answer;
    t.match(body, { version: '1.0', contact_center: 'cc.example.com', mode: 'proxy' });
    t.strictSame(body.contacts, [{ uri: URI, expires: 300 }]);
    t.strictSame(brief(answer), [
      'sip:alice@cc.example.com contact_center 1 300',
      'sip:alice@cc.example.com agent 0.5 300',
      'sip:sales@cc.example.com contact_center 1 300',
      'sip:sales@cc.example.com agent 0.899 300',
      'sip:sales@cc.example.com treatment 0.01 300',
      'sip:support@cc.example.com contact_center 1 300',
      'sip:support@cc.example.com agent 0.899 300',
      'sip:hold-music@cc.example.com contact_center 1 300',
      'sip:hold-music@cc.example.com treatment 0.01 300',
    ]);
    t.strictSame(body.registrations[1], {
      aor: 'sip:alice@cc.example.com',
      contact: URI,
      q: 0.5,
      expires: 300,
      role: 'agent',
      call_id: REGISTER.call_id,
      cseq: REGISTER.cseq,
      path: REGISTER.path,
      received: REGISTER.received,
      instance: INSTANCE,
      reg_id: 1,
    });
    t.match(await rows(service), [{ agent: 'alice', contact: URI, cseq: '12' }]);
    t.same(await agents(service), ['alice']);
  },

  '200, 409: an exact repeat is answered as the first was, all else that is not newer is stale': async (
    t,
    service,
  ) => {
    const first = await register(service);
    service.now += 10_000;
    t.strictSame(await register(service), first);
    for (const part of [{ cseq: 1 }, { contact: '*', expires: 0 }, { contact: '<sip:alice@10.0.0.9>' }]) {
      const { status, body } = await register(service, part);
      t.equal(status, 409);
      t.match(body, { code: 'stale_cseq' });
    }
    t.same(await agents(service), ['alice'], 'nothing has changed');
    const [one, two] = await Promise.all([register(service, { cseq: 13 }), register(service, { cseq: 13 })]);
    t.strictSame(one, two, 'also while the first is being committed');
  },

  '200: only what is required, and null for what is not known': async (t, service) => {
    const { aor, contact, call_id } = REGISTER;
    t.equal((await service.call('POST', '/v1/register', { aor, contact, call_id, cseq: 1 })).status, 200);
    const unknown = {
      node: null,
      expires: null,
      path: null,
      received: null,
      user_agent: null,
      source_ip: null,
    };
    t.equal((await register(service, { ...unknown })).status, 200);
  },

  '200: several contacts are several endpoints; * withdraws them and nobody else’s': async (t, service) => {
    const bob = { aor: 'sip:bob@cc.example.com', call_id: 'bob' };
    await register(service, { ...bob, contact: '<sip:bob@10.0.0.8>' });
    const contact = `${REGISTER.contact}, <sip:alice@10.0.0.9>;expires=120`;
    const both = await register(service, { contact });
    t.strictSame(both.body.contacts, [
      { uri: URI, expires: 300 },
      { uri: 'sip:alice@10.0.0.9', expires: 120 },
    ]);
    t.same(await agents(service), ['alice', 'alice', 'bob']);
    const star = await register(service, { contact: '*', expires: 0, cseq: 13 });
    t.strictSame(star.body.contacts, []);
    t.ok(brief(star).every((line) => line.endsWith(' agent 0 0')));
    t.equal(brief(star).length, 6);
    t.equal((await register(service)).status, 409, 'a late REGISTER does not bring them back');
    t.same(await agents(service), ['bob']);
    t.match(await rows(service), [{ agent: 'bob' }]);
  },

  '423: the expiry is shorter than the contact center grants': async (t, service) => {
    const { status, body } = await register(service, {
      contact: '<sip:alice@10.0.0.7>',
      expires: 59,
    });
    t.equal(status, 423);
    t.match(body, { code: 'interval_too_brief', min_expires: 60 });
  },

  '403, 404: who is not provisioned': async (t, service) => {
    for (const name of ['mallory', 'sales', 'hold-music', 'SALES']) {
      const { status, body } = await register(service, { aor: `sip:${name}@cc.example.com`, call_id: name });
      t.equal(status, 403, name);
      t.match(body, { code: 'unknown_agent' });
    }
    const { status, body } = await register(service, { aor: 'sip:alice@elsewhere.example.com' });
    t.equal(status, 404);
    t.match(body, { code: 'unknown_contact_center' });
  },

  '400: the field that is malformed is named': async (t, service) => {
    const long = (length: number) => 'x'.repeat(length);
    const bad: [string, object][] = [
      ['/aor', { aor: 'tel:+14155550100' }],
      ['/aor', { aor: 'sip:cc.example.com' }],
      ['/aor', { aor: 'sip:alice@cc.example.com\r\nX: y' }],
      ['/aor', { aor: `sip:${long(300)}@cc.example.com` }],
      ['/aor', { aor: undefined }],
      ['/contact', { contact: '' }],
      ['/contact', { contact: 'nonsense' }],
      ['/contact', { contact: '<sip:alice@10.0.0.7' }],
      ['/contact', { contact: '<sip:alice@10.0.0.7>\r\nRoute: <sip:evil.example.com>' }],
      ['/contact', { contact: '<sip:alice@10.0.0.7>;q=2' }],
      ['/contact', { contact: '<sip:alice@10.0.0.7>;expires=soon' }],
      ['/contact', { contact: '*' }],
      ['/contact', { contact: Array.from({ length: 11 }, (_, i) => `<sip:a@10.0.0.${i}>`).join(',') }],
      ['/contact', { contact: `<sip:alice@10.0.0.7>;x=${long(2_000)}` }],
      ['/path', { path: '<sip:edge1.example.com>' }],
      ['/path', { path: 'sip:edge1.example.com;lr\r\n' }],
      ['/received', { received: '203.0.113.9:5062' }],
      ['/received', { received: 'sip:203.0.113.9?Route=x' }],
      ['/expires', { expires: -1 }],
      ['/expires', { expires: 2 ** 32 }],
      ['/expires', { expires: '300' }],
      ['/call_id', { call_id: 'a b' }],
      ['/call_id', { call_id: 'a\r\nb' }],
      ['/call_id', { call_id: '' }],
      ['/call_id', { call_id: long(256) }],
      ['/call_id', { call_id: undefined }],
      ['/cseq', { cseq: 2 ** 31 }],
      ['/cseq', { cseq: 1.5 }],
      ['/cseq', { cseq: null }],
      ['/user_agent', { user_agent: 'a\0' }],
      ['/node', { node: long(256) }],
      ['/source_ip', { source_ip: 'a\nb' }],
    ];
    for (const [field, part] of bad) {
      const { status, body } = await register(service, part);
      t.equal(status, 400, JSON.stringify(part));
      t.match(body, { code: 'bad_request', field });
    }
    const both = await register(service, { aor: 'x', path: 'y' });
    t.match(both.body.errors, [{ field: '/aor' }, { field: '/path' }]);
    const many = Array.from({ length: 10 }, (_, i) => `<sip:alice@10.0.1.${i}>`).join(',');
    t.equal((await register(service, { contact: many })).status, 200);
    t.match((await register(service, { cseq: 13 })).body, { code: 'bad_request', field: '/contact' });
  },

  '200: b2bua registers under Call-IDs of its own': async (t, service) => {
    await service.call('PUT', '/v1/contact-centers/b2b.example.com', { ...CENTER, mode: 'b2bua' });
    const { body } = await register(service, { aor: 'sip:alice@b2b.example.com' });
    t.equal(body.mode, 'b2bua');
    t.notOk(body.registrations.some((r: { call_id: string }) => r.call_id === REGISTER.call_id));
  },

  'expired endpoints are gone from answers at once and from the table soon': async (t, service) => {
    await register(service);
    const bob = { aor: 'sip:bob@cc.example.com', call_id: 'bob', contact: '<sip:bob@10.0.0.8>;expires=3000' };
    await register(service, bob);
    service.now = START + 300_000;
    t.same(await agents(service), ['bob']);
    const again = await register(service, { contact: '<sip:alice@10.0.0.9>', cseq: 13 });
    t.strictSame(again.body.contacts, [{ uri: 'sip:alice@10.0.0.9', expires: 600 }]);
    await rowsGoTo(service, 2);
    t.same(await agents(service), ['alice', 'bob']);
  },

  'endpoints survive a restart, and so does what was heard last': async (t, service) => {
    await register(service);
    const next = await restarted(t, service);
    t.same(await agents(next), ['alice']);
    t.equal((await register(next, { cseq: 11 })).status, 409);
    service.now += 10_000;
    t.strictSame((await register(next)).body.contacts, [{ uri: URI, expires: 290 }], 'a repeat');
    t.equal((await register(next, { cseq: 13 })).status, 200);
    service.now += 300_000;
    t.same(await agents(await restarted(t, service)), []);
    await rowsGoTo(service, 0);
  },

  'endpoints go with their agent, in the middle of a burst as well': async (t, service) => {
    const removal = service.call('PUT', '/v1/contact-centers/cc.example.com', {
      ...CENTER,
      agents: CENTER.agents.slice(1),
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        register(service, {
          aor: `sip:${i % 2 ? 'alice' : 'bob'}@cc.example.com`,
          contact: `<sip:phone@10.0.0.${i % 4}>`,
          call_id: `burst-${i}`,
        }),
      ),
    );
    t.equal((await removal).status, 200);
    t.ok(answers.every(({ status }) => status === 200 || status === 403));
    t.same(await agents(service), ['bob', 'bob']);
    t.same(
      (await rows(service)).map(({ agent }) => agent),
      ['bob', 'bob'],
    );
  },

  'REGISTERs that arrive together share commits': async (t, service) => {
    const agents = Array.from({ length: 200 }, (_, i) => ({ name: `agent${i}`, skills: { sales: 1 } }));
    await service.call('PUT', '/v1/contact-centers/cc.example.com', { ...CENTER, agents });
    const { commits: pool } = service.store;
    const query = pool.query;
    let saves = 0;
    pool.query = ((...args: Parameters<typeof query>) => {
      const [what] = args as unknown as [{ name?: string }];
      if (what.name === 'save-endpoints') saves += 1;
      return query.apply(pool, args);
    }) as typeof query;
    const answers = await Promise.all(
      agents.map(({ name }) =>
        register(service, {
          aor: `sip:${name}@cc.example.com`,
          contact: `<sip:${name}@10.0.0.7>`,
          call_id: name,
        }),
      ),
    );
    pool.query = query;
    t.ok(answers.every(({ status }) => status === 200));
    t.equal((await rows(service)).length, 200);
    t.ok(saves <= 10, `${saves} commits for 200 REGISTERs`);
  },

  '200 from memory while Postgres is away, which the answer says; it is written when Postgres is back':
    async (t, service) => {
      t.match((await register(service)).body, { stored: true });
      const comeBack = await outage(service);
      for (const cseq of [13, 14]) {
        const { status, body } = await register(service, { cseq });
        t.equal(status, 200);
        t.match(body, { stored: false, contacts: [{ uri: URI, expires: 300 }] });
        t.equal(body.registrations.length, 9, 'with everything that is due');
      }
      const bob = { aor: 'sip:bob@cc.example.com', contact: '<sip:bob@10.0.0.8>', call_id: 'b' };
      t.match((await register(service, bob)).body, { stored: false });
      t.same(await agents(service), ['alice', 'bob']);
      const left = await register(service, {
        cseq: 15,
        contact: `<${URI}>;+sip.instance="${INSTANCE}"`,
        expires: 0,
      });
      t.match(left, { status: 200, body: { stored: false, contacts: [] } });
      await comeBack();
      await until('the rows to be there', async () => (await rows(service))[0]?.agent === 'bob');
      t.match(await rows(service), [{ agent: 'bob' }], 'who has left meanwhile is not there');
      await until('to be back', async () => (await service.call('GET', '/readyz')).body.status === 'ready');
      t.match((await register(service, { cseq: 16 })).body, { stored: true });
      t.equal((await rows(service)).length, 2);
    },
});

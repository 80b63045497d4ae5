import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { type Answer, CENTER, onBothDatabases, type Service } from './call-service.js';

const URI = 'sip:alice@10.0.0.7:5062';
const REGISTER = {
  node: 'edge1',
  aor: 'sip:alice@cc.example.com',
  contact: `<${URI}>;expires=300`,
  call_id: 'a84b4c76e66710',
  cseq: 12,
  path: '<sip:edge1.example.com;lr>',
  source_ip: '203.0.113.9',
};
const LOCATIONS = [
  { uri: 'sip:192.0.2.20', priority: 2 },
  { uri: 'sip:192.0.2.10:5060', priority: 1, fr_timer_ms: 700 },
];
const ASK_FIRST = [
  { uri: 'sip:192.0.2.10:5060', fr_timer_ms: 700 },
  { uri: 'sip:192.0.2.20', fr_timer_ms: 2_000 },
];
const HELD_SECONDS = 3_600;

const register = (service: Service, part: object = {}) =>
  service.call('POST', '/v1/register', { ...REGISTER, ...part });
/** With the contact center's 2xx, which grants 40 s. */
const accepted = (service: Service, part: object = {}) =>
  register(service, { contact_center_status: 200, contact_center_contact: `<${URI}>;expires=40`, ...part });
const failed = (service: Service, part: object = {}) =>
  register(service, { cseq: 13, contact_center_status: 408, ...part });

async function provision(service: Service, part: object = {}) {
  const document = { ...CENTER, locations: LOCATIONS, registers_agents: true, held_seconds: HELD_SECONDS };
  const { status } = await service.call('PUT', '/v1/contact-centers/cc.example.com', {
    ...document,
    ...part,
  });
  if (status !== 200) throw new Error(`PUT: ${status}`);
}

/** Of the endpoint's own bindings. */
const expiries = ({ body }: Answer): number[] =>
  body.registrations
    .filter(({ role }: { role: string }) => role === 'agent')
    .map(({ expires }: { expires: number }) => expires);

async function endpoints({ store }: Service): Promise<number> {
  const { rows } = await store.pool.query('SELECT FROM endpoints');
  return rows.length;
}

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
  '200: nothing is due before the contact center has been asked': async (t, service) => {
    await provision(service);
    for (const cseq of [12, 12, 13]) {
      const { status, body } = await register(service, { cseq });
      t.equal(status, 200);
      t.match(body, { contact_center: 'cc.example.com', mode: 'proxy', on_behalf: false });
      t.same([body.contacts, body.registrations], [[], []]);
      t.same(body.ask_first, ASK_FIRST);
    }
    t.equal(await endpoints(service), 0);
    t.equal((await register(service, { aor: 'sip:mallory@cc.example.com' })).body.code, 'unknown_agent');
  },

  '200: what it grants is registered, though it is less than our minimum': async (t, service) => {
    await provision(service);
    await register(service);
    const answer = await accepted(service);

    t.equal(answer.status, 200);
    t.same(expiries(answer), [40, 40, 40]);
    t.match(answer.body, { contacts: [{ uri: URI, expires: 40 }], on_behalf: false, ask_first: ASK_FIRST });
    t.equal(await endpoints(service), 1);
    t.same(await accepted(service), answer, 'asked twice, answered twice');
    t.equal((await accepted(service, { cseq: 11 })).body.code, 'stale_cseq');

    const gone = await accepted(service, {
      cseq: 13,
      contact: `<${URI}>;expires=0`,
      contact_center_contact: null,
    });
    t.same(expiries(gone), [0, 0, 0]);
    t.equal(await endpoints(service), 0);
  },

  '200: a star that it has accepted withdraws every phone of the agent': async (t, service) => {
    await provision(service);
    await accepted(service);
    const other = {
      contact: '<sip:alice@10.0.0.8>;expires=300',
      call_id: 'other',
      source_ip: '203.0.113.10',
    };
    await accepted(service, other);
    t.equal(await endpoints(service), 2);

    const star = { contact: '*', expires: 0, cseq: 13, contact_center_contact: null };
    const answer = await accepted(service, star);

    t.same(expiries(answer), [0, 0, 0, 0, 0, 0]);
    t.equal(await endpoints(service), 0);
  },

  '200: while it is down, a phone that it had accepted is registered on its behalf': async (t, service) => {
    await provision(service);
    await accepted(service);
    for (const [i, contact_center_status] of [408, 477, 503].entries()) {
      const answer = await failed(service, { cseq: 13 + i, contact_center_status });
      t.equal(answer.status, 200);
      t.match(answer.body, { on_behalf: true, ask_first: ASK_FIRST });
      t.same(expiries(answer), [300, 300, 300], 'as we grant it ourselves');
    }
    t.equal(
      (await failed(service, { cseq: 16, contact: `<${URI}>;expires=5` })).body.code,
      'interval_too_brief',
    );
  },

  '200, 503: in a bypass nobody is asked': async (t, service) => {
    await provision(service);
    await accepted(service);
    const order = { contact_center: 'cc.example.com', kind: 'bypass', reason: 'a test', by: 'ops' };
    const ordered = await service.call('POST', '/v1/overrides', { ...order, expires_in_seconds: 600 });
    t.equal(ordered.status, 201);

    t.match((await register(service, { cseq: 13 })).body, { on_behalf: true, contacts: [{ uri: URI }] });
    const unknown = { contact: '<sip:alice@10.0.0.8>', call_id: 'unknown' };
    t.equal((await register(service, unknown)).body.code, 'contact_center_down');
    t.match(
      (await accepted(service, { cseq: 14 })).body,
      { on_behalf: false },
      'what it says counts all the same',
    );
  },

  '503: a phone that it has never accepted, or that comes from elsewhere': async (t, service) => {
    await provision(service);
    const { status, body } = await failed(service);
    t.equal(status, 503);
    t.match(body, { code: 'contact_center_down', retry_after_seconds: 30 });

    await accepted(service);
    t.equal((await failed(service, { source_ip: '198.51.100.7' })).body.code, 'contact_center_down');
    t.equal((await failed(service, { contact: '<sip:alice@10.0.0.8>' })).body.code, 'contact_center_down');
    const star = { contact: '*', expires: 0, source_ip: '198.51.100.7' };
    t.equal((await failed(service, star)).body.code, 'contact_center_down');
    t.equal(await endpoints(service), 1);
  },

  '200: anybody, when the policy says so': async (t, service) => {
    await provision(service, { phones_in_bypass: 'all' });
    const { status, body } = await failed(service);
    t.equal(status, 200);
    t.equal(body.on_behalf, true);
    t.equal(await endpoints(service), 1);

    await provision(service);
    t.equal((await failed(service, { cseq: 14 })).body.code, 'contact_center_down', 'it was never accepted');
  },

  '200, 503: it is limited in time, and outlives the binding and a restart': async (t, service) => {
    await provision(service);
    await accepted(service);
    service.now += 40_000 + HELD_SECONDS * 1_000 - 100_000;
    const again = await restarted(t, service);

    const answer = await failed(again);
    t.equal(answer.status, 200);
    t.same(expiries(answer), [100, 100, 100], 'what is left');

    service.now += 100_000;
    t.equal((await failed(again, { cseq: 14 })).body.code, 'contact_center_down');
    t.equal((await accepted(again, { cseq: 15 })).status, 200, 'accepted again …');
    t.equal((await failed(again, { cseq: 16 })).status, 200, '… and known again');
  },

  '200: who registered before the contact center was to be asked, was never accepted': async (t, service) => {
    await provision(service, { registers_agents: false });
    const { body } = await register(service);
    t.equal(body.on_behalf, false);
    t.ok(body.registrations.length > 0);
    t.same(body.ask_first, []);
    await provision(service);
    t.equal((await failed(service)).body.code, 'contact_center_down');
  },
});

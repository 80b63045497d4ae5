import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { type Family, parseExposition } from '../support/exposition.js';
import { until } from '../support/until.js';
import { CENTER, onBothDatabases, register, type Service, START } from './call-service.js';
import { newKamailio, SALES } from './kamailio.js';
import { send } from './send.js';

const DOMAIN = 'cc.example.com';
const MINE = { contact_center: DOMAIN };
const LOCATION = 'sip:192.0.2.10:5060';
const MUSIC = 'sip:moh@192.0.2.30:5070';
const S = 1_000;

/** Who may stand in a label's value: all of these are provisioned, declared by us, or a few words. */
const LABELS = new Set([
  ...['contact_center', 'skillset', 'role', 'uri', 'state', 'of', 'bypass', 'called', 'status', 'activity'],
  ...['kind', 'node', 'repair', 'check', 'table', 'because', 'method', 'route', 'le', 'version'],
]);

async function scrape(app: FastifyInstance): Promise<Map<string, Family>> {
  return parseExposition((await send(app, 'GET /metrics')).body);
}

/** The values of one metric, by what tells its series apart: the values of these labels. */
async function values(
  { app }: Pick<Service, 'app'>,
  metric: string,
  labels: readonly string[],
  where: Readonly<Record<string, string>> = {},
): Promise<Record<string, number>> {
  const samples = (await scrape(app)).get(`understudy_${metric}`)?.samples ?? [];
  const wanted = samples.filter((one) =>
    Object.entries(where).every(([name, is]) => one.labels[name] === is),
  );
  const found = wanted.map((one) => [labels.map((name) => one.labels[name] ?? '').join(' '), one.value]);
  const byKey = Object.fromEntries(found);
  if (Object.keys(byKey).length < found.length) throw new Error(`${metric}: ${labels} don't tell them apart`);
  return byKey;
}
/** Those that are not 0. */
const counted = async (...args: Parameters<typeof values>) =>
  Object.fromEntries(Object.entries(await values(...args)).filter(([, value]) => value !== 0));

let calls = 0;
async function route(service: Pick<Service, 'app'>, ruri = `sip:${SALES}`, part: object = {}) {
  calls += 1;
  const call = { node: 'reg1', ruri, call_id: `call-${calls}@198.51.100.4`, ...part };
  return (await send(service.app, 'POST /v1/route', call)).body;
}
const report = (service: Service, decision: string, target: number, event: string, part: object = {}) =>
  service.call('POST', '/v1/outcomes', { decision, target, event, node: 'reg1', ...part });
const probe = (service: Service, state: 'up' | 'down') =>
  service.call('POST', '/v1/health', { node: 'reg1', uri: LOCATION, state });
const order = async (service: Service, part: object) => {
  const what = { contact_center: DOMAIN, reason: 'a test', by: 'ops', expires_in_seconds: 600, ...part };
  return (await send(service.app, 'POST /v1/overrides', what)).body.id;
};

async function format(t: Test, service: Service) {
  await register(service, 'alice', '10.0.0.7');
  const { decision } = await route(service, undefined, { from: 'sip:+14155550100@carrier.example.net' });
  await report(service, decision, 0, 'failed', { status: 503 });
  await report(service, decision, 1, 'answered', { status: 200 });
  const { status, headers, body } = await send(service.app, 'GET /metrics');
  t.equal(status, 200);
  t.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  const families = parseExposition(body);
  const ours = [...families.values()].filter(({ name }) => name.startsWith('understudy_'));
  t.ok(ours.length > 20);
  for (const { name, type, samples, help } of ours) {
    t.equal(
      name.endsWith('_total'),
      type === 'counter',
      `${name} ${type}: counters, and they alone, are totals`,
    );
    t.notMatch(name, /_(?:ms|milliseconds|percent|minutes|count|bucket|sum)(?:_|$)/, `${name}: base units`);
    t.match(help, /[.;:)]|\w$/, name);
    for (const { labels } of samples)
      for (const label of Object.keys(labels)) t.ok(LABELS.has(label), `${name} ${label}`);
  }
  t.notMatch(body, /alice|bob|call-\d|14155550100|10\.0\.0\.7/, 'no agents, callers or Call-IDs');
  for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes'])
    t.ok(families.get(name)?.samples.length, name);
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  t.same(await values(service, 'build_info', ['version']), { [version]: 1 });
}

async function requests(t: Test, service: Service) {
  await register(service, 'alice', '10.0.0.7');
  await route(service);
  await route(service, 'sip:nobody@cc.example.com');
  await service.call('GET', '/v1/contact-centers/cc.example.com');
  await service.call('GET', '/v1/contact-centers/nobody.example.com');
  await service.call('GET', '/alice');
  const found = await values(service, 'http_requests_total', ['method', 'route', 'status']);
  t.match(found, {
    'POST /v1/register 200': 1,
    'POST /v1/route 200': 1,
    'POST /v1/route 404': 1,
    'PUT /v1/contact-centers/:domain 201': 2,
    'GET /v1/contact-centers/:domain 200': 1,
    'GET /v1/contact-centers/:domain 404': 1,
    'GET unmatched 404': 1,
  });
  const durations = (await scrape(service.app)).get('understudy_http_request_duration_seconds');
  const of = (name: string, route: string, le?: string) =>
    durations?.samples.find(
      (one) => one.name.endsWith(name) && one.labels.route === route && one.labels.le === le,
    )?.value;
  t.equal(of('_count', '/v1/route'), 2);
  t.equal(of('_count', '/v1/register'), 1);
  t.equal(of('_bucket', '/v1/route', '+Inf'), 2);
  t.equal(of('_count', '/v1/outcomes'), undefined);
  const seconds = of('_sum', '/v1/route') ?? 0;
  t.ok(seconds > 0.00001 && seconds < 10, `${seconds} s`);

  t.same(await values(service, 'http_requests_abandoned_total', ['route']), {
    ...{ '/v1/route': 0, '/v1/register': 0 },
  });

  const other = await buildApp({ store: service.store });
  t.teardown(() => other.close());
  t.same(await values({ app: other }, 'http_requests_total', ['route']), {}, 'each app counts its own');
}

async function callsByTier(t: Test, service: Service) {
  t.same(
    await values(service, 'decisions_total', ['bypass'], MINE),
    { no: 0, yes: 0, drill: 0 },
    'they begin at 0',
  );
  await register(service, 'alice', '10.0.0.7');
  const first = (await route(service)).decision;
  await report(service, first, 0, 'ringing', { status: 180 });
  await report(service, first, 0, 'answered', { status: 200 });
  await report(service, first, 0, 'answered', { status: 200 });
  await report(service, first, 0, 'ended');
  const second = (await route(service)).decision;
  await report(service, second, 0, 'failed', { status: 503, local: false });
  await report(service, second, 1, 'failed', { status: 486, local: false });
  await report(service, second, 2, 'answered', { status: 200 });
  const third = (await route(service)).decision;
  await report(service, third, 0, 'failed', { status: 408, local: true });
  await report(service, third, 1, 'answered', { status: 200 });
  const fourth = (await route(service, 'sip:alice@cc.example.com')).decision;
  await report(service, fourth, 0, 'failed', { status: 603, local: false });
  await report(service, fourth, 1, 'canceled', { status: 487 });
  await report(service, '01a203fe-cbca-7da4-9370-b42dcc2d520d', 0, 'answered');
  t.same(await counted(service, 'calls_answered_total', ['contact_center', 'called', 'role']), {
    [`${DOMAIN} skillset contact_center`]: 1,
    [`${DOMAIN} skillset treatment`]: 1,
    [`${DOMAIN} skillset agent`]: 1,
  });
  t.same(await counted(service, 'targets_failed_total', ['contact_center', 'role', 'status']), {
    [`${DOMAIN} contact_center 5xx`]: 1,
    [`${DOMAIN} contact_center unreached`]: 1,
    [`${DOMAIN} contact_center 6xx`]: 1,
    [`${DOMAIN} agent 4xx`]: 1,
  });
  t.same(await counted(service, 'decisions_total', ['contact_center', 'bypass']), { [`${DOMAIN} no`]: 4 });

  await t.test('bypass and drills are told apart', async (t) => {
    await order(service, { kind: 'drill', caller: 'sip:tester@example.net' });
    await route(service, undefined, { from: 'sip:tester@example.net' });
    const bypass = await order(service, { kind: 'bypass' });
    await route(service);
    await route(service);
    t.same(await values(service, 'decisions_total', ['bypass'], MINE), { no: 4, yes: 2, drill: 1 });
    t.match(await values(service, 'overrides', ['kind'], MINE), { bypass: 1, drill: 1, normal: 0, pause: 0 });
    await send(service.app, `DELETE /v1/overrides/${bypass}`);
    t.match(await values(service, 'overrides', ['kind'], MINE), { bypass: 0, drill: 1 });
  });

  await t.test('nobody there at all', async (t) => {
    const own = { source_ip: '192.0.2.10', source_port: 5060 };
    t.match(await route(service, 'sip:bob@cc.example.com', own), { code: 'no_target' });
    t.same(await counted(service, 'calls_without_target_total', ['contact_center']), { [DOMAIN]: 1 });
    t.same(await counted(service, 'stale_decisions_total', ['because'], MINE), {}, 'nothing was stale');
  });

  await t.test('what was answered in an earlier life was counted then', async (t) => {
    const { decision } = await route(service);
    await report(service, decision, 0, 'answered', { status: 200 });
    // A reader waits for what was told before.
    await service.call('GET', `/v1/decisions/${decision}`);
    const later = await buildApp({ store: service.store, clock: () => service.now });
    t.teardown(() => later.close());
    await later.ready();
    t.same(await values({ app: later }, 'calls_answered_total', ['role']), {});
  });
}

async function places(t: Test, service: Service) {
  const at = { contact_center: DOMAIN, uri: LOCATION };
  const state = async () => Object.keys(await counted(service, 'place_state', ['state'], at))[0];
  const share = async () => (await values(service, 'place_share_ratio', ['role'], at)).contact_center;
  const falls = () => values(service, 'place_falls_total', ['of'], at);
  const bypass = (metric: string) => values(service, metric, ['skillset'], { contact_center: DOMAIN });
  await service.call('PUT', '/v1/nodes/reg1', { role: 'registrar', rpc_url: null });

  await t.test('nothing has happened', async (t) => {
    t.same(await values(service, 'place_state', ['role', 'uri', 'state'], MINE), {
      ...{ [`contact_center ${LOCATION} up`]: 1, [`contact_center ${LOCATION} suspect`]: 0 },
      ...{ [`contact_center ${LOCATION} down`]: 0, [`contact_center ${LOCATION} returning`]: 0 },
      ...{ [`treatment ${MUSIC} up`]: 1, [`treatment ${MUSIC} suspect`]: 0 },
      ...{ [`treatment ${MUSIC} down`]: 0, [`treatment ${MUSIC} returning`]: 0 },
    });
    t.equal(await share(), 1);
    t.same(await falls(), { place: 0, address: 0 });
    t.same(await bypass('bypass'), { '': 0 });
    t.same(await bypass('bypass_seconds_total'), { '': 0 });
  });

  await t.test('a fall, time in bypass, and the way back', async (t) => {
    await probe(service, 'up');
    await probe(service, 'down');
    t.equal(await state(), 'down');
    t.equal(await share(), 0);
    t.same(await falls(), { place: 1, address: 0 });
    t.same(await bypass('bypass'), { '': 1 });
    service.now = START + 10 * S;
    await probe(service, 'down');
    t.same(await bypass('bypass_seconds_total'), { '': 10 }, 'it counts while it lasts');
    await probe(service, 'up');
    t.equal(await state(), 'returning');
    service.now = START + 160 * S;
    await probe(service, 'up');
    const growing = (await share()) ?? 0;
    t.ok(growing > 0 && growing < 1, `${growing}`);
    await until('the end of bypass', async () => (await bypass('bypass'))[''] === 0);
    t.same(await bypass('bypass_seconds_total'), { '': 160 });
    t.same(await falls(), { place: 1, address: 0 });
  });

  await t.test('it falls again before it is back', async (t) => {
    await probe(service, 'down');
    t.same(await falls(), { place: 2, address: 0 });
    service.now += 5 * S;
    t.same(await bypass('bypass_seconds_total'), { '': 165 }, 'one time after another');
    service.now += S;
    await probe(service, 'up');
    await probe(service, 'down');
    t.same(await falls(), { place: 2, address: 0 }, 'on hold it gets no calls, so that is no fall');
    await probe(service, 'up');
    service.now += 600 * S;
    await probe(service, 'up');
    await until('it to be up', async () => (await state()) === 'up' && (await bypass('bypass'))[''] === 0);
  });

  await t.test('a queue that fails: a skillset alone is in bypass', async (t) => {
    for (let i = 0; i < 2; i += 1)
      await report(service, (await route(service)).decision, 0, 'failed', { status: 503, local: false });
    t.equal(await state(), 'up');
    t.same(await falls(), { place: 2, address: 1 });
    t.match(await bypass('bypass'), { '': 0, sales: 1 });
    service.now += 7 * S;
    t.equal((await bypass('bypass_seconds_total')).sales, 7);
  });

  await t.test('what is no longer provisioned disappears', async (t) => {
    await send(service.app, `DELETE /v1/contact-centers/${DOMAIN}`);
    t.same(await bypass('bypass'), {});
    t.same(await values(service, 'place_state', ['uri'], at), {});
    t.same(await values(service, 'agents', ['activity'], { contact_center: DOMAIN }), {});
  });
}

async function agents(t: Test, service: Service) {
  const doing = () => counted(service, 'agents', ['activity'], MINE);
  const phones = () => values(service, 'endpoints', ['state'], MINE);
  const treatments = CENTER.treatments.map((one) => ({ ...one, hold_seconds: 600 }));
  await service.call('PUT', `/v1/contact-centers/${DOMAIN}`, { ...CENTER, treatments });
  t.same(await doing(), { unregistered: 2 });
  await register(service, 'alice', '10.0.0.7');
  await register(service, 'alice', '10.0.0.8');
  t.same(await doing(), { free: 1, unregistered: 1 });
  t.same(await phones(), { registered: 2, on_behalf: 0, held: 0 });

  await order(service, { kind: 'bypass' });
  const { decision } = await route(service);
  t.same(await doing(), { reserved: 1, unregistered: 1 });
  await report(service, decision, 0, 'ringing', { status: 180 });
  t.same(await doing(), { ringing: 1, unregistered: 1 });
  await report(service, decision, 0, 'answered', { status: 200 });
  t.same(await doing(), { busy: 1, unregistered: 1 });

  await t.test('callers on hold', async (t) => {
    const waiting = async () => [
      (await values(service, 'callers_on_hold', ['contact_center'], MINE))[DOMAIN],
      (await values(service, 'longest_hold_seconds', ['contact_center'], MINE))[DOMAIN],
    ];
    // Somewhere to send them back from.
    await service.call('PUT', '/v1/nodes/reg1', { role: 'registrar', rpc_url: 'http://127.0.0.1:9/RPC' });
    t.same(await waiting(), [0, 0]);
    const { decision: held, targets } = await route(service);
    const music = targets.findIndex(({ role }: { role: string }) => role === 'treatment');
    const hold = { transaction: '5311:1285647001', branches_left: 8 };
    await report(service, held, music, 'ringing', { status: 183, hold });
    service.now = START + 30 * S;
    t.same(await waiting(), [1, 30]);
    await report(service, held, music, 'canceled', { status: 487 });
    t.same(await waiting(), [0, 0]);
  });

  await t.test('paused, and held', async (t) => {
    await report(service, decision, 0, 'ended');
    t.same(await doing(), { free: 1, unregistered: 1 });
    await service.call('PUT', `/v1/contact-centers/${DOMAIN}/agents/alice/pause`, {
      ...{ reason: 'lunch', by: 'alice', expires_in_seconds: 600 },
    });
    t.same(await doing(), { paused: 1, unregistered: 1 });
    service.now = START + 299 * S;
    await until('both phones to be held', async () => (await phones()).held === 2);
    t.same(await phones(), { registered: 0, on_behalf: 0, held: 2 });
  });
}

async function registrars(t: Test, service: Service) {
  const { held, rpc_url, server } = await newKamailio(t);
  const value = async (metric: string, label = 'node') => values(service, metric, [label]);
  await until('it to command', async () => (await value('commands_registrars'))[''] === 1);
  t.same(await value('registrar_up_to_date'), {}, 'there is none yet');
  await service.call('PUT', '/v1/nodes/reg1', { role: 'registrar', rpc_url });
  await until('it to be up to date', async () => (await value('registrar_up_to_date')).reg1 === 1);
  t.same(await value('registrar_waiting_addresses'), { reg1: 0 });
  const repaired = () => value('registrar_repaired_bindings_total', 'repair');
  t.same(await repaired(), { put: 0, remove: 0 }, 'what it is filled with was no difference');

  held.get(SALES)?.delete(MUSIC);
  held.get(SALES)?.set('sip:ghost@192.0.2.66', 0.2);
  await service.call('POST', '/v1/nodes/reg1/repair');
  await until('both to be repaired', async () => {
    const { put, remove } = await repaired();
    return put === 1 && remove === 1;
  });
  await until('it to be up to date', async () => (await value('registrar_up_to_date')).reg1 === 1);

  server.closeAllConnections();
  server.close();
  await service.call('PUT', `/v1/contact-centers/${DOMAIN}/skillsets/new`, {});
  await until('it to be behind', async () => (await value('registrar_up_to_date')).reg1 === 0);
  t.ok(((await value('registrar_waiting_addresses')).reg1 ?? 0) > 0);
}

async function instances(t: Test, service: Service) {
  // An embedded Postgres has one instance.
  if (!service.postgres) return;
  const commands = async (of: Pick<Service, 'app'>) => (await values(of, 'commands_registrars', []))[''];
  await until('the first to command', async () => (await commands(service)) === 1);
  const app = await buildApp({ store: service.store, clock: () => service.now });
  t.teardown(() => app.close());
  await app.ready();
  const stale = () => counted({ app }, 'stale_decisions_total', ['because'], MINE);
  // Until it has asked for the lock it doesn't know that it stands by.
  await until('the second to stand by', async () => {
    await route({ app });
    return (await stale()).standing_by;
  });
  t.equal(await commands({ app }), 0);
  t.same(await counted(service, 'stale_decisions_total', ['because'], MINE), {});
}

async function database(t: Test, service: Service) {
  const ready = () => values(service, 'ready', ['check']);
  const waiting = async () => {
    const rows = await values(service, 'waiting_rows', ['table']);
    return Object.values(rows).reduce((sum, one) => sum + one, 0);
  };
  const degraded = async () => (await values(service, 'degraded', []))[''];
  t.same(await ready(), { database: 1, directory: 1, registrars: 1, rows: 1 });
  t.equal(await degraded(), 0);
  const { postgres } = service;
  // An embedded one goes away with the service alone.
  if (!postgres) return;

  await t.test('a phone that did not wait for the answer', async (t) => {
    const abandoned = () => values(service, 'http_requests_abandoned_total', ['route']);
    t.same(await abandoned(), { '/v1/route': 0, '/v1/register': 0 });
    const url = await service.app.listen({ host: '127.0.0.1', port: 0 });
    await until('all rows to be written', async () => (await waiting()) === 0);
    postgres.freeze();
    const gone = new AbortController();
    const saving = new Promise<void>((resolve) => {
      const { commits } = service.store;
      const { query } = commits;
      commits.query = ((...args: Parameters<typeof query>) => {
        resolve();
        commits.query = query;
        return query.apply(commits, args);
      }) as typeof query;
    });
    const asked = fetch(`${url}/v1/register`, {
      ...{ method: 'POST', signal: gone.signal, headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ aor: 'sip:bob@cc.example.com', contact: '<sip:b@b>', call_id: 'b', cseq: 1 }),
    });
    await saving;
    gone.abort();
    await t.rejects(asked);
    await until('it to be seen', async () => (await abandoned())['/v1/register'] === 1);
    postgres.thaw();
    await until('all rows to be written', async () => (await waiting()) === 0);
    t.equal(
      (await values(service, 'http_requests_total', ['route', 'status']))['/v1/register 200'],
      undefined,
    );
  });

  await postgres.kill9();
  t.match(await ready(), { database: 0, directory: 1 });
  t.equal(await degraded(), 1);
  await until('decisions to be stale', async () => {
    await route(service);
    return (await counted(service, 'stale_decisions_total', ['because'], MINE)).database_away;
  });
  t.ok((await waiting()) > 0);
  t.same(await ready(), { database: 0, directory: 1, registrars: 1, rows: 0 });
  await postgres.start();
  await until('all rows to be written', async () => (await waiting()) === 0);
  await until('the database to be found', async () => (await ready()).database === 1);
  t.same(await counted(service, 'dropped_rows_total', ['table']), {}, 'none was lost');
  const before = await counted(service, 'stale_decisions_total', ['because'], MINE);
  await route(service);
  t.same(await counted(service, 'stale_decisions_total', ['because'], MINE), before);
}

onBothDatabases(t, {
  'the text format': format,
  requests,
  'calls by who answered': callsByTier,
  'locations, treatments, bypass': places,
  'agents, phones, callers on hold': agents,
  registrars,
  'several instances': instances,
  'Postgres goes and comes': database,
});

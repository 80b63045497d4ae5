import t, { type Test } from 'tap';
import { until } from '../support/until.js';
import { CENTER, onBothDatabases, register, type Service, START } from './call-service.js';
import { send } from './send.js';

const DOMAIN = 'cc.example.com';
const LOCATION = 'sip:192.0.2.10:5060';
const S = 1_000;

const probe = (service: Service, node: string, state: 'up' | 'down', uri = LOCATION) =>
  service.call('POST', '/v1/health', { node, uri, state });
const health = async (service: Service) =>
  (await service.call('GET', `/v1/health?contact_center=${DOMAIN}`)).body.contact_centers[0];
const location = async (service: Service) => (await health(service)).locations[0];
const changes = async (service: Service, kind: string) =>
  (await service.call('GET', `/v1/changes?contact_center=${DOMAIN}&kind=${kind}`)).body.changes;
const node = (service: Service, name: string) =>
  service.call('PUT', `/v1/nodes/${name}`, { role: 'registrar', rpc_url: null });

let calls = 0;
/** A call to the address, and what its first target made of it. */
async function call(service: Service, outcome: object, address = 'sip:sales@cc.example.com') {
  calls += 1;
  const { body } = await service.call('POST', '/v1/route', {
    node: 'reg1',
    ruri: address,
    call_id: `${calls}`,
  });
  await service.call('POST', '/v1/outcomes', { decision: body.decision, target: 0, ...outcome });
  return body;
}
const SILENT = { event: 'failed', status: 408, local: true };
const REFUSED = { event: 'failed', status: 503, local: false };
const ANSWERED = { event: 'answered', status: 200 };

async function probes(t: Test, service: Service) {
  await node(service, 'reg1');
  await node(service, 'reg2');

  await t.test('GET 200: nobody has said anything', async (t) => {
    t.strictSame((await service.call('GET', '/v1/health')).body.contact_centers[0], {
      contact_center: DOMAIN,
      bypass: false,
      bypass_since: null,
      locations: [
        {
          uri: LOCATION,
          state: 'up',
          share: 100,
          since: null,
          code: 'healthy',
          because: 'nothing has failed',
          hold_until: null,
          up_at: null,
          overloaded_until: null,
          answers: [],
          probes: [],
        },
      ],
      treatments: [
        {
          name: 'hold-music',
          uri: 'sip:moh@192.0.2.30:5070',
          state: 'up',
          share: 100,
          since: null,
          code: 'healthy',
          because: 'nothing has failed',
          hold_until: null,
          up_at: null,
          overloaded_until: null,
          answers: [],
          probes: [],
        },
      ],
      skillsets: [],
    });
  });

  await t.test('POST 204: one that has never answered may be one that answers no probes', async (t) => {
    t.same(await probe(service, 'reg1', 'down'), { status: 204, body: null });
    t.match(await location(service), { state: 'up', probes: [{ node: 'reg1', state: 'silent' }] });
  });

  await t.test('POST 204: half of those who probe it are enough', async (t) => {
    await probe(service, 'reg1', 'up', 'sip:192.0.2.10');
    await probe(service, 'reg2', 'up', 'sip:192.0.2.10;transport=udp');
    t.match(await location(service), { state: 'up', probes: [{ state: 'up' }, { state: 'up' }] });
    service.now = START + 2 * S;
    await probe(service, 'reg2', 'down');
    t.match(await health(service), {
      bypass: true,
      bypass_since: '2026-11-22T12:00:02.000Z',
      locations: [
        {
          state: 'down',
          share: 0,
          since: '2026-11-22T12:00:02.000Z',
          code: 'probe_failed',
          because: 'probes get no answer',
          hold_until: null,
          up_at: null,
          probes: [
            { node: 'reg1', state: 'up' },
            { node: 'reg2', state: 'down', since: '2026-11-22T12:00:02.000Z' },
          ],
        },
      ],
    });
    t.match(await changes(service, 'health'), [
      {
        subject: LOCATION,
        by: 'understudy',
        reason: 'probes get no answer',
        before: { state: 'up' },
        after: { state: 'down', code: 'probe_failed' },
      },
    ]);
    t.match(await changes(service, 'bypass'), [{ subject: 'contact_center', after: { bypass: true } }]);
  });

  await t.test('it comes back by hold and ramp', async (t) => {
    service.now = START + 10 * S;
    await probe(service, 'reg2', 'up');
    t.match(await location(service), {
      state: 'returning',
      share: 0,
      code: 'on_hold',
      hold_until: '2026-11-22T12:02:10.000Z',
      up_at: '2026-11-22T12:03:10.000Z',
    });
    service.now = START + 130 * S;
    t.match(await location(service), { state: 'returning', share: 10, code: 'ramping', hold_until: null });
    await until('the end of bypass', async () => !(await health(service)).bypass);
    service.now = START + 190 * S;
    t.match(await location(service), { state: 'up', share: 100, up_at: null });
    await until('its return in the history', async () => {
      const [last] = await changes(service, 'health');
      return last.after.state === 'up';
    });
  });

  await t.test('who is not heard for 15 s has no say', async (t) => {
    await probe(service, 'reg1', 'down');
    t.equal((await location(service)).state, 'down');
    service.now += 16 * S;
    await until('nobody to be left', async () => (await location(service)).hold_until !== null);
    t.same((await location(service)).probes, []);
  });

  await t.test('POST 204: what nobody has provisioned means nothing', async (t) => {
    await probe(service, 'reg1', 'up', 'sip:192.0.2.99');
    await probe(service, 'nobody', 'up');
    await probe(service, 'nobody', 'down');
    t.same((await location(service)).probes, []);
  });

  await t.test('a location that is taken away is forgotten', async (t) => {
    const elsewhere = { ...CENTER, locations: [{ uri: 'sip:192.0.2.11:5060' }] };
    await service.call('PUT', `/v1/contact-centers/${DOMAIN}`, elsewhere);
    t.match(await health(service), { locations: [{ uri: 'sip:192.0.2.11:5060', state: 'up' }] });
    await until('the end of bypass', async () => !(await health(service)).bypass);
  });

  await t.test('POST 400: names the field', async (t) => {
    for (const [body, field] of [
      [{ uri: LOCATION, state: 'up' }, '/node'],
      [{ node: 'a\u0000', uri: LOCATION, state: 'up' }, '/node'],
      [{ node: 'reg1', state: 'up' }, '/uri'],
      [{ node: 'reg1', uri: 'tel:+1', state: 'up' }, '/uri'],
      [{ node: 'reg1', uri: `sip:${'a'.repeat(300)}`, state: 'up' }, '/uri'],
      [{ node: 'reg1', uri: LOCATION, state: 'trying' }, '/state'],
      [{ node: 'reg1', uri: LOCATION }, '/state'],
      ['{', ''],
    ] as const) {
      const answer = await send(service.app, 'POST /v1/health', body);
      t.match(answer, { status: 400, body: { code: 'bad_request', field } }, JSON.stringify(body));
    }
  });

  await t.test('POST 413, 415; GET 400, 404', async (t) => {
    t.equal((await probe(service, 'x'.repeat(70_000), 'up')).status, 413);
    const text = await send(service.app, 'POST /v1/health', 'down', { 'content-type': 'text/plain' });
    t.equal(text.status, 415);
    t.match(await send(service.app, 'GET /v1/health?contact_center=a%20b'), {
      status: 400,
      body: { field: '/contact_center' },
    });
    t.match(await send(service.app, 'GET /v1/health?contact_center=nobody.example.com'), {
      status: 404,
      body: { code: 'unknown_contact_center' },
    });
  });
}

async function outcomes(t: Test, service: Service) {
  await register(service, 'alice', '10.0.0.7');

  await t.test('two calls that nobody answered make a location down', async (t) => {
    t.match(await call(service, SILENT), { bypass: false });
    t.match(await location(service), { state: 'suspect', share: 100, code: 'call_failed' });
    t.match(await call(service, SILENT), { bypass: false });
    t.match(await location(service), {
      state: 'down',
      share: 0,
      code: 'calls_failed',
      because: '2 of the last 2 calls failed',
      hold_until: '2026-11-22T12:02:00.000Z',
    });
    const { bypass, targets } = await call(service, ANSWERED);
    t.equal(bypass, true);
    t.same(
      targets.map(({ role }: { role: string }) => role),
      ['agent', 'contact_center', 'treatment'],
    );
    t.match(await health(service), { bypass: true });
  });

  await t.test('it comes back by hold and ramp, told by nobody', async (t) => {
    service.now = START + 121 * S;
    t.match(await location(service), { state: 'returning', code: 'ramping' });
    const bypassed = new Set<boolean>();
    for (let i = 0; i < 60; i += 1) bypassed.add((await call(service, ANSWERED)).bypass);
    t.equal(bypassed.size, 2, 'it gets some calls');
    service.now = START + 181 * S;
    t.match(await location(service), { state: 'up' });
    t.match(await call(service, ANSWERED), { bypass: false });
  });

  await t.test('a queue that fails is no dead contact center', async (t) => {
    await call(service, REFUSED);
    await call(service, REFUSED);
    t.match(await health(service), {
      bypass: false,
      skillsets: [{ name: 'sales' }],
      locations: [{ state: 'up', answers: [{ address: 'sales', state: 'down', code: 'calls_failed' }] }],
    });
    t.match((await changes(service, 'health'))[0], { subject: `${LOCATION} for sales` });
    t.equal((await call(service, ANSWERED)).bypass, true);
    t.equal((await call(service, ANSWERED, 'sip:support@cc.example.com')).bypass, false);
  });

  await t.test('503 with Retry-After is overload', async (t) => {
    const overloaded = { ...REFUSED, retry_after: 20 };
    await call(service, overloaded, 'sip:support@cc.example.com');
    const { answers } = await location(service);
    t.match(answers[1], {
      address: 'support',
      state: 'suspect',
      share: 0,
      code: 'overloaded',
      because: 'it asked for no calls for 20 s more',
      overloaded_until: '2026-11-22T12:03:21.000Z',
    });
    t.equal((await call(service, ANSWERED, 'sip:support@cc.example.com')).bypass, true);
    service.now += 20 * S;
    t.equal((await call(service, ANSWERED, 'sip:support@cc.example.com')).bypass, false);
  });

  await t.test('what is decided, or given up by the caller, is no failure', async (t) => {
    for (const outcome of [
      { event: 'failed', status: 486, local: false },
      { event: 'failed', status: 603, local: false },
      { event: 'canceled', status: 487 },
      { event: 'ringing', status: 180 },
    ]) {
      await call(service, outcome, 'sip:alice@cc.example.com');
      t.match(await location(service), { state: 'up' });
    }
  });
}

onBothDatabases(t, { probes, 'what becomes of calls': outcomes });

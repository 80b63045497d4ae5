import t from 'tap';
import { CENTER, onServer, register, type Service, START } from './call-service.js';

const INVITE = {
  node: 'reg1',
  ruri: 'sip:sales@cc.example.com',
  from: 'sip:+14155550100@carrier.example.net',
  call_id: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6@198.51.100.4',
  source_ip: '198.51.100.4',
};

const route = (service: Service, part: object = {}) =>
  service.call('POST', '/v1/route', { ...INVITE, ...part });
const targets = (service: Service, query: string) => service.call('GET', `/v1/targets?${query}`);
const roles = (body: { targets: { role: string; agent?: string }[] }) =>
  body.targets.map(({ role, agent }) => agent ?? role);

onServer(t, {
  'POST /v1/route': async (t, service) => {
    await t.test('200: the contact center, the agents by level, the treatment', async (t) => {
      await register(service, 'bob', '10.0.0.8');
      await register(service, 'alice', '10.0.0.7');
      const { status, body } = await route(service);
      t.equal(status, 200);
      t.match(body, {
        version: '1.0',
        routing: 'serial',
        decision: /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        address: 'sip:sales@cc.example.com',
        bypass: false,
      });
      t.same(roles(body), ['contact_center', 'alice', 'bob', 'treatment']);
      t.strictSame(body.routes[1], {
        uri: 'sip:alice@10.0.0.7:5062',
        dst_uri: 'sip:edge1.example.com;lr',
        path: '<sip:edge1.example.com;lr>',
        fr_timer: 2_000,
        fr_inv_timer: 12_000,
        headers: { extra: `X-Understudy-Decision: ${body.decision}\r\nX-Understudy-Target: 1\r\n` },
      });
      t.strictSame(body.targets[0], {
        position: 0,
        role: 'contact_center',
        uri: 'sip:sales@192.0.2.10:5060',
        failover_on: '408|5[0-9][0-9]',
        progress_timer_ms: 6_000,
        code: 'healthy',
        because: 'location 1 is up',
      });
    });

    await t.test('200: other addresses, and other spellings of one', async (t) => {
      t.same(roles((await route(service, { ruri: 'sip:alice@cc.example.com' })).body), [
        'contact_center',
        'alice',
      ]);
      t.same(roles((await route(service, { ruri: 'sip:hold-music@cc.example.com' })).body), [
        'contact_center',
        'treatment',
      ]);
      for (const ruri of [
        'sips:s%61les@CC.example.com:5061;transport=tls',
        'SIP:sales@cc.example.com.;user=phone',
      ]) {
        t.equal((await route(service, { ruri })).body.address, 'sip:sales@cc.example.com', ruri);
      }
    });

    await t.test('200: what a script does not know may be left out or null', async (t) => {
      const { ruri, call_id } = INVITE;
      t.equal((await service.call('POST', '/v1/route', { ruri, call_id })).status, 200);
      const unknown = { node: null, from: null, source_ip: null, source_port: null, decision: null };
      t.equal((await route(service, unknown)).status, 200);
    });

    await t.test('200: an expired phone is no target from that moment', async (t) => {
      service.now = START + 299_999;
      t.same(roles((await route(service)).body), ['contact_center', 'alice', 'bob', 'treatment']);
      service.now = START + 300_000;
      t.same(roles((await route(service)).body), ['contact_center', 'treatment']);
      service.now = START;
    });

    await t.test('200: a call of the contact center does not go back to it', async (t) => {
      const of = async (part: object) => roles((await route(service, part)).body)[0];
      t.equal(await of({ source_ip: '192.0.2.10', source_port: 5060 }), 'alice', 'by address and port');
      t.equal(await of({ source_ip: '192.0.2.10' }), 'alice', 'by address, when there is no port to go by');
      t.equal(await of({ source_ip: '192.0.2.10', source_port: 5062 }), 'contact_center');
      const { decision } = (await route(service)).body;
      t.equal(await of({ decision }), 'alice', 'by the id of a decision');
      t.equal(await of({ decision: '0192f3a4-5b6c-7d8e-9f00-112233445566' }), 'contact_center', 'not ours');
      t.equal(await of({ decision: '<null>' }), 'contact_center', 'no id at all');
      const elsewhere = (await route(service, { ruri: 'sip:sales@other.example.com' })).body;
      t.equal(await of({ decision: elsewhere.decision }), 'contact_center', 'for another contact center');
    });

    await t.test("200: the list fits the asking node's limits, the treatment stays", async (t) => {
      await service.call('PUT', '/v1/nodes/small', { role: 'registrar', max_branches: 4 });
      t.same(roles((await route(service, { node: 'small' })).body), ['contact_center', 'alice', 'treatment']);
      const hasty = { role: 'registrar', max_inv_lifetime_ms: 30_000 };
      await service.call('PUT', '/v1/nodes/hasty', hasty);
      const { body } = await route(service, { node: 'hasty' });
      t.same(roles(body), ['contact_center', 'alice', 'treatment']);
      t.equal(body.routes[0].fr_inv_timer, 20_000);
      // what further questions have used up of the branches is missing at the end
      for (const [branches_used, called] of [
        [null, 4],
        [8, 4],
        [9, 3],
        [30, 2],
      ] as const) {
        t.equal(roles((await route(service, { branches_used })).body).length, called, `${branches_used}`);
      }
    });

    await t.test('200: without headers when the contact center wants none', async (t) => {
      const quiet = { ...CENTER, headers: false };
      await service.call('PUT', '/v1/contact-centers/quiet.example.com', quiet);
      const { body } = await route(service, { ruri: 'sip:sales@quiet.example.com' });
      t.notOk(body.routes.some((one: object) => 'headers' in one));
      t.type(body.decision, 'string');
    });

    await t.test('403 caller_not_allowed: only from the networks that may call skillsets', async (t) => {
      const domain = 'closed.example.com';
      const closed = { ...CENTER, caller_networks: ['198.51.100.0/24'] };
      await service.call('PUT', `/v1/contact-centers/${domain}`, closed);
      const from = (user: string, source_ip: string | null) =>
        route(service, { ruri: `sip:${user}@${domain}`, source_ip });
      const allowed = await from('sales', '198.51.100.4');
      t.match(allowed, { status: 200, body: { caller_networks: ['198.51.100.0/24'] } });
      t.match(await from('sales', '203.0.113.9'), {
        status: 403,
        body: {
          code: 'caller_not_allowed',
          address: `sip:sales@${domain}`,
          caller_networks: ['198.51.100.0/24'],
        },
      });
      t.equal((await from('sales', null)).status, 403, 'nor from nowhere known');
      t.notOk('caller_networks' in (await route(service)).body, 'of others nothing is said');
      t.equal(
        (await from('alice', '203.0.113.9')).status,
        200,
        "an agent's own address is none of a skillset",
      );
      t.equal((await from('sales', '192.0.2.10')).status, 200, 'the contact center itself is let through');

      const why = (query: string) => service.call('GET', `/v1/explain?address=sip:sales@${domain}${query}`);
      t.match((await why('')).body, { caller_networks: ['198.51.100.0/24'], caller_allowed: null });
      t.match((await why('&source_ip=203.0.113.9')).body, { caller_allowed: false });
      t.match((await why('&source_ip=198.51.100.4')).body, { caller_allowed: true });
    });

    await t.test('what is longer than is kept is cut, not refused: a caller chooses it', async (t) => {
      const long = 'x'.repeat(3_000);
      for (const part of [
        { ruri: `sip:sales@cc.example.com;x=${long}?y=${long}` },
        { ruri: `sip:sales@cc.example.com?subject=${long}` },
        { call_id: long },
        { from: `sip:caller@carrier.example.net;x=${long}` },
      ]) {
        const { status, body } = await route(service, part);
        t.match({ status, ...body }, { status: 200, address: 'sip:sales@cc.example.com' });
        const kept = (await service.call('GET', `/v1/decisions/${body.decision}`)).body;
        t.ok(JSON.stringify(kept).length < 20_000, JSON.stringify(part).slice(0, 60));
      }
    });

    await t.test('400 bad_request names the field', async (t) => {
      for (const [field, part] of [
        ['/ruri', { ruri: undefined }],
        ['/ruri', { ruri: '' }],
        ['/ruri', { ruri: 'tel:+14155550100' }],
        ['/ruri', { ruri: 'sip:sales@cc.example.com\r\nEvil: yes' }],
        ['/ruri', { ruri: 'sip:sa%00les@cc.example.com' }],
        ['/ruri', { ruri: 'sip:<sales>@cc.example.com' }],
        ['/ruri', { ruri: `sip:${'s'.repeat(300)}@cc.example.com` }],
        ['/call_id', { call_id: undefined }],
        ['/call_id', { call_id: '' }],
        ['/call_id', { call_id: 'a\0b' }],
        ['/call_id', { call_id: 7 }],
        ['/node', { node: 'a\nb' }],
        ['/from', { from: 'sip:a@b\r\n' }],
        ['/from', { from: 'x'.repeat(17_000) }],
        ['/call_id', { call_id: 'x'.repeat(17_000) }],
        ['/source_ip', { source_ip: 'not an address' }],
        ['/source_ip', { source_ip: '10.0.0.256' }],
        ['/source_port', { source_port: '5060' }],
        ['/source_port', { source_port: 65_536 }],
        ['/decision', { decision: 'a\r\nb' }],
        ['/decision', { decision: 5 }],
        ['/branches_used', { branches_used: 0 }],
      ] as const) {
        const { status, body } = await route(service, part);
        t.match(
          { status, ...body },
          { status: 400, code: 'bad_request', field },
          JSON.stringify(part).slice(0, 80),
        );
      }
      const broken = await service.app.inject({
        method: 'POST',
        url: '/v1/route',
        headers: { 'content-type': 'application/json' },
        payload: '{"ruri":',
      });
      t.match(broken.json(), { status: 400, code: 'bad_request' });
    });

    await t.test('404 unknown_address: the call is not ours', async (t) => {
      for (const ruri of [
        'sip:nobody@cc.example.com',
        'sip:sales@elsewhere.example.com',
        'sip:cc.example.com',
      ]) {
        const { status, body } = await route(service, { ruri });
        t.match({ status, ...body }, { status: 404, code: 'unknown_address' }, ruri);
      }
    });

    await t.test('413, 415: what is no JSON of a sensible size', async (t) => {
      const url = '/v1/route';
      const large = await service.app.inject({
        method: 'POST',
        url,
        payload: { ...INVITE, x: 'x'.repeat(100_000) },
      });
      t.match(large.json(), { status: 413, code: 'body_too_large' });
      const headers = { 'content-type': 'text/xml' };
      const other = await service.app.inject({ method: 'POST', url, headers, payload: '<a/>' });
      t.match(other.json(), { status: 415, code: 'unsupported_media_type' });
    });

    await t.test('480 no_target: ours, and nobody is there', async (t) => {
      const ruri = 'sip:support@cc.example.com';
      service.now = START + 400_000;
      const { status, body } = await route(service, { ruri, source_ip: '192.0.2.10', source_port: 5060 });
      t.match({ status, ...body }, { status: 480, code: 'no_target' });
      t.equal((await route(service, { ruri })).status, 200, 'the contact center is there for everyone else');
      service.now = START;
    });

    await t.test('the problem is application/problem+json', async (t) => {
      const answer = await service.app.inject({ method: 'POST', url: '/v1/route', payload: {} });
      t.match(answer.headers['content-type'], /^application\/problem\+json/);
      t.same(
        answer
          .json()
          .errors.map((error: { field: string }) => error.field)
          .sort(),
        ['/call_id', '/ruri'],
      );
    });

    await t.test('a database that hangs holds up no call', async (t) => {
      const { postgres } = service;
      postgres.freeze();
      for (let i = 0; i < 20; i += 1) t.equal((await route(service)).status, 200);
      postgres.thaw();
      const list = await service.call('GET', '/v1/decisions?limit=20');
      t.equal(list.body.decisions.length, 20);
    });
  },

  'GET /v1/targets': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');

    await t.test('200: what a call would get, without a decision', async (t) => {
      const { status, body } = await targets(service, 'address=sip:sales@cc.example.com');
      t.equal(status, 200);
      const { decision: _, ...asked } = (await route(service)).body;
      const routes = asked.routes.map(({ headers: _, ...one }: { headers: object }) => one);
      t.strictSame(body, { ...asked, routes });
    });

    await t.test('200: as a call through that node', async (t) => {
      await service.call('PUT', '/v1/nodes/small', { role: 'registrar', max_branches: 3 });
      const { body } = await targets(service, 'address=sip:sales@cc.example.com&node=small');
      t.same(roles(body), ['contact_center', 'treatment']);
    });

    await t.test('nothing is recorded', async (t) => {
      const before = (await service.call('GET', '/v1/decisions')).body.decisions.length;
      await targets(service, 'address=sip:sales@cc.example.com');
      t.equal((await service.call('GET', '/v1/decisions')).body.decisions.length, before);
    });

    await t.test('400 names the parameter', async (t) => {
      for (const query of ['', 'address=', 'address=sales', 'address=sip:a%0d%0ab@cc.example.com']) {
        const { status, body } = await targets(service, query);
        t.match({ status, ...body }, { status: 400, code: 'bad_request', field: '/address' }, query);
      }
      const { body } = await targets(service, 'address=sip:sales@cc.example.com&node=a%00');
      t.match(body, { status: 400, code: 'bad_request', field: '/node' });
    });

    await t.test('404 unknown_address', async (t) => {
      const { status, body } = await targets(service, 'address=sip:nobody@cc.example.com');
      t.match({ status, ...body }, { status: 404, code: 'unknown_address' });
    });
  },
});

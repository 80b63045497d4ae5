import { createHash } from 'node:crypto';
import t from 'tap';
import { buildApp } from '../../src/app.js';
import { CENTER, onBothDatabases, type Service } from './call-service.js';
import { send } from './send.js';

const CENTER_AT = '/v1/contact-centers/cc.example.com';
const AT = `${CENTER_AT}/agents/alice/credentials`;
const ALICE = 'sip:alice@cc.example.com';
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');
const HA1 = {
  MD5: hash('md5', 'alice:cc.example.com:Pässword 1'),
  'SHA-256': hash('sha256', 'alice:cc.example.com:Pässword 1'),
};
const DESCRIBED = { realm: 'cc.example.com', username: 'alice', algorithms: ['MD5', 'SHA-256'] };

const ask = (service: Service, aor = ALICE, node = 'edge1') =>
  service.call('POST', '/v1/credentials', { node, aor });

async function authenticating(service: Service, more: object = {}): Promise<void> {
  await service.call('PUT', CENTER_AT, { ...CENTER, authenticate_agents: true, ...more });
  await service.call('PUT', '/v1/nodes/edge1', { role: 'edge' });
}

onBothDatabases(t, {
  'a password is set, its hashes are given to nodes, and nobody reads it': async (t, service) => {
    const { app } = service;
    await authenticating(service);
    t.strictSame((await send(app, `GET ${AT}`)).body, {
      set: false,
      realm: null,
      username: null,
      algorithms: [],
    });
    t.match(await ask(service), { status: 403, body: { code: 'no_credentials' } });

    const set = await send(app, `PUT ${AT}`, { password: 'Pässword 1' }, { from: 'ops@example.com' });
    t.match(set, { status: 201, body: { set: true, ...DESCRIBED } });
    t.strictSame((await send(app, `GET ${AT}`)).body, { set: true, ...DESCRIBED });
    const answer = {
      aor: ALICE,
      authenticate: 'always',
      realm: 'cc.example.com',
      username: 'alice',
      ha1: HA1,
    };
    t.strictSame((await ask(service)).body, answer);
    t.strictSame((await ask(service, 'sips:AL%49CE@CC.example.com;x=1')).body, answer, 'however it is spelt');

    const { rows } = await service.store.pool.query('SELECT * FROM agent_credentials');
    t.notMatch(JSON.stringify(rows), 'Pässword 1');
    const { body } = await service.call('GET', '/v1/changes?subject=agents/alice/credentials');
    t.match(body.changes, [{ by: 'ops@example.com', before: null, after: DESCRIBED }]);
    for (const url of [CENTER_AT, `${CENTER_AT}/agents/alice`, '/v1/changes', AT]) {
      const text = (await app.inject(url)).body;
      t.notOk(text.includes(HA1.MD5) || text.includes(HA1['SHA-256']) || text.includes('Pässword 1'), url);
    }
  },

  'hashes are imported; the next set replaces the whole of it': async (t, service) => {
    const { app } = service;
    await authenticating(service);
    await send(app, `PUT ${AT}`, { password: 'one' });
    const imported = { realm: 'asterisk', username: '1001', ha1: { MD5: HA1.MD5.toUpperCase() } };
    t.match(await send(app, `PUT ${AT}`, imported), {
      status: 200,
      body: { realm: 'asterisk', username: '1001', algorithms: ['MD5'] },
    });
    t.match((await ask(service)).body, { realm: 'asterisk', username: '1001', ha1: { MD5: HA1.MD5 } });
    t.notOk('SHA-256' in (await ask(service)).body.ha1);

    const restarted = await buildApp({ store: service.store });
    t.teardown(() => restarted.close());
    const again = await send(restarted, 'POST /v1/credentials', { node: 'edge1', aor: ALICE });
    t.strictSame(again.body, (await ask(service)).body, 'known after a restart');
  },

  'what is no credentials is refused, and not repeated': async (t, service) => {
    const { app } = service;
    const wrong = async (body: object) => {
      const { status, body: answer } = await send(app, `PUT ${AT}`, body);
      t.equal(status, 400, JSON.stringify(body));
      return answer;
    };
    t.match(await wrong({}), { field: '/password' });
    t.match(await wrong({ password: 'a', ha1: { MD5: HA1.MD5 } }), { field: '/password' });
    t.match(await wrong({ ha1: {} }), { field: '/ha1' });
    t.match(await wrong({ ha1: { 'SHA-256': HA1.MD5 } }), { field: '/ha1/SHA-256' });
    t.match(await wrong({ password: 'a\r\nb' }), { field: '/password' });
    t.match(await wrong({ password: 'a', realm: 'x", nonce="y' }), { field: '/realm' });
    const said = JSON.stringify(await wrong({ password: 'secret', ha1: { MD5: 'deadbeef' } }));
    t.notMatch(said, /secret|deadbeef/);
    const nobody = AT.replace('alice', 'mallory');
    t.match(await send(app, `PUT ${nobody}`, { password: 'a' }), {
      status: 404,
      body: { code: 'not_found' },
    });
    t.equal((await send(app, `DELETE ${nobody}`)).status, 404);
    t.equal((await send(app, `GET ${AT.replace('cc.', 'dd.')}`)).status, 404);
  },

  'taken away, and gone with the agent': async (t, service) => {
    const { app } = service;
    await authenticating(service);
    await send(app, `PUT ${AT}`, { password: 'one' });
    t.equal((await send(app, `DELETE ${AT}`)).status, 204);
    t.match(await ask(service), { status: 403, body: { code: 'no_credentials' } });
    t.equal((await send(app, `DELETE ${AT}`)).status, 204, 'again');

    await send(app, `PUT ${AT}`, { password: 'one' });
    await authenticating(service, { agents: [] });
    await authenticating(service);
    t.match(await ask(service), { status: 403, body: { code: 'no_credentials' } }, 'a new alice has none');
    t.equal((await service.store.pool.query('SELECT FROM agent_credentials')).rowCount, 0);
  },

  'who is told hashes': async (t, service) => {
    const { app } = service;
    await send(app, `PUT ${AT}`, { password: 'one' });
    const nothing = { aor: ALICE, authenticate: 'no', realm: null, username: null, ha1: null };
    t.strictSame((await ask(service)).body, nothing, 'nobody, where nobody is asked for a password');
    await authenticating(service);
    t.match(await ask(service, ALICE, 'edge2'), { status: 403, body: { code: 'unknown_node' } });
    t.match(await ask(service, 'sip:sales@cc.example.com'), { status: 403, body: { code: 'unknown_agent' } });
    t.match(await ask(service, 'sip:alice@dd.example.com'), {
      status: 404,
      body: { code: 'unknown_contact_center' },
    });
    t.match(await ask(service, 'alice'), { status: 400, body: { field: '/aor' } });
    await authenticating(service, { registers_agents: true });
    t.match((await ask(service)).body, { authenticate: 'on_behalf', ha1: { MD5: /^[0-9a-f]{32}$/ } });
  },

  'without proof nothing is registered, whatever the script asks': async (t, service) => {
    await authenticating(service);
    const register = (part: object = {}) =>
      service.call('POST', '/v1/register', {
        ...{ aor: ALICE, contact: '<sip:alice@10.0.0.7>;expires=300', call_id: 'a', cseq: 1 },
        ...part,
      });
    t.match(await register(), { status: 401, body: { code: 'proof_required' } });
    t.match(await register({ authenticated: false }), { status: 401 });
    const bindings = async () =>
      (await service.call('GET', `/v1/bindings?address=${ALICE}`)).body.bindings.length;
    const before = await bindings();
    t.match(await register({ authenticated: true }), { status: 200, body: { authenticate: true } });
    t.equal(await bindings(), before + 1);
    t.match(await register(), { status: 401 }, 'nor is it told what was answered to who had proof');
    t.match(await register({ authenticated: true }), { status: 200 }, 'a repeat');

    await authenticating(service, { registers_agents: true });
    t.match(await register({ cseq: 2 }), { status: 200, body: { ask_first: [{}], registrations: [] } });
    t.match(
      await register({ cseq: 2, contact_center_status: 200 }),
      { status: 200 },
      'it has asked for proof',
    );
    const down = { cseq: 3, contact_center_status: 408, source_ip: '203.0.113.9' };
    await register({ cseq: 2, contact_center_status: 200, call_id: 'b', source_ip: '203.0.113.9' });
    await service.call('POST', '/v1/overrides', {
      ...{ contact_center: 'cc.example.com', kind: 'bypass', reason: 'a test', by: 'the test' },
      expires_in_seconds: 60,
    });
    t.match(await register({ ...down, call_id: 'b' }), { status: 401, body: { code: 'proof_required' } });
    t.match(await register({ ...down, call_id: 'b', authenticated: true }), {
      status: 200,
      body: { on_behalf: true, authenticate: true },
    });
  },
});

import t from 'tap';
import { Authority } from '../support/certificates.js';
import { startPostgres } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';
import { startUnderstudy, type Understudy } from '../support/understudy.js';
import { until } from '../support/until.js';

const DOMAIN = 'cc.example.com';

async function call(at: Understudy, method: string, path: string, body?: object) {
  const init = { method, headers: { 'content-type': 'application/json' } };
  const answer = await fetch(`${at.url}${path}`, { ...init, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

t.test('the instance that commands is killed: another one does, and knows what it knew', async (t) => {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis(t)]);
  t.teardown(() => postgres.stop());
  const start = async () => {
    const one = await startUnderstudy({ databaseUrl: postgres.url, env: { REDIS_URL: redis.url } });
    t.teardown(() => one.stop());
    return one;
  };
  const a = await start();
  await until('a to command', () => a.logs().includes('this instance commands the registrars'));
  const b = await start();
  await call(a, 'PUT', `/v1/contact-centers/${DOMAIN}`, {
    locations: [{ uri: 'sip:192.0.2.10:5060' }],
    skillsets: [{ name: 'sales' }],
    agents: [{ name: 'alice', skills: { sales: 1 } }],
  });
  await call(a, 'POST', '/v1/register', {
    ...{ aor: `sip:alice@${DOMAIN}`, contact: '<sip:alice@10.0.0.7:5062>;expires=300' },
    ...{ call_id: 'alice', cseq: 1 },
  });
  const routed = await call(a, 'POST', '/v1/route', { ruri: `sip:sales@${DOMAIN}`, call_id: 'one' });
  await call(a, 'POST', '/v1/outcomes', { decision: routed.body.decision, target: 1, event: 'answered' });
  const activity = async (at: Understudy) => (await call(at, 'GET', '/v1/agents')).body.agents[0]?.activity;
  await until('b to know', async () => (await activity(b)) === 'busy');
  await a.kill9();
  await until('b to command', () => b.logs().includes('this instance commands the registrars'), 30_000);
  t.equal(await activity(b), 'busy');
  t.match(await call(b, 'GET', '/readyz'), { status: 200, body: { status: 'ready' } });

  await t.test('no instance prints the password of Redis', async (t) => {
    await redis.ask('CONFIG', 'SET', 'requirepass', 'another');
    const url = `redis://:very-secret@127.0.0.1:${redis.port}`;
    const c = await startUnderstudy({ databaseUrl: postgres.url, env: { REDIS_URL: url } });
    t.match((await call(c, 'GET', '/readyz')).body, { status: 'degraded', degraded: [{ name: 'redis' }] });
    await c.stop();
    t.match(c.logs(), 'the shared log is away');
    t.notMatch(c.logs(), 'very-secret');
  });
});

t.test(
  'an outcome that was taken is known to the others, also when who took it is killed at once',
  async (t) => {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis(t)]);
    t.teardown(() => postgres.stop());
    const start = () => startUnderstudy({ databaseUrl: postgres.url, env: { REDIS_URL: redis.url } });
    const b = await start();
    t.teardown(() => b.stop());
    const names = Array.from({ length: 6 }, (_, i) => `agent${i}`);
    await call(b, 'PUT', `/v1/contact-centers/${DOMAIN}`, {
      locations: [{ uri: 'sip:192.0.2.10:5060' }],
      skillsets: [{ name: 'sales' }],
      agents: names.map((name) => ({ name, skills: { sales: 1 } })),
    });
    for (const name of names) {
      await call(b, 'POST', '/v1/register', {
        ...{ aor: `sip:${name}@${DOMAIN}`, contact: `<sip:${name}@10.0.0.7:5062>;expires=300` },
        ...{ call_id: name, cseq: 1 },
      });
    }
    for (const [i] of names.entries()) {
      const a = await start();
      const { body } = await call(a, 'POST', '/v1/route', { ruri: `sip:sales@${DOMAIN}`, call_id: `${i}` });
      const told = await call(a, 'POST', '/v1/outcomes', {
        decision: body.decision,
        target: 1,
        event: 'answered',
      });
      await a.kill9();
      t.equal(told.status, 204);
      await until('b to know', async () => {
        const { agents } = (await call(b, 'GET', '/v1/agents')).body;
        return agents.filter((one: { activity: string }) => one.activity === 'busy').length === i + 1;
      });
    }
  },
);

t.test('Redis over TLS, with a certificate that the instances can check', async (t) => {
  const [ours, foreign] = [new Authority('ours'), new Authority('foreign')];
  t.teardown(() => Promise.all([ours.close(), foreign.close()]));
  const tls = { ...ours.sign('redis'), ca: ours.file };
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis(t, { password: 'pass', tls })]);
  t.teardown(() => postgres.stop());
  for (const [ca, answer] of [
    [ours, { status: 'ready', degraded: [] }],
    [foreign, { status: 'degraded', degraded: [{ name: 'redis' }] }],
  ] as const) {
    const env = { REDIS_URL: redis.url, NODE_EXTRA_CA_CERTS: ca.file };
    const one = await startUnderstudy({ databaseUrl: postgres.url, env });
    t.match((await call(one, 'GET', '/readyz')).body, answer);
    await one.stop();
  }
});

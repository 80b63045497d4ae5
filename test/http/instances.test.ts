import t, { type Test } from 'tap';
import { jsonRpc } from '../../src/kamailio/json-rpc.js';
import { startPostgres } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';
import { type Instance, newInstance } from '../support/shared-instances.js';
import { until } from '../support/until.js';

import { newKamailio, SALES } from './kamailio.js';

const DOMAIN = 'cc.example.com';
const NAMES = Array.from({ length: 12 }, (_, i) => `agent${i + 10}`);
const CENTER = {
  locations: [{ uri: 'sip:192.0.2.10:5060' }],
  treatments: [
    { name: 'hold-music', kind: 'music_on_hold', uri: 'sip:moh@192.0.2.30:5070', hold_seconds: 600 },
  ],
  skillsets: [
    { name: 'sales', treatment: 'hold-music', ring_seconds: 15 },
    { name: 'turns', order: 'round_robin' },
  ],
  agents: NAMES.map((name) => ({ name, skills: { sales: 1, turns: 1 } })),
};

interface World {
  readonly all: readonly [Instance, Instance, Instance];
  start(): Promise<Instance>;
}

async function newWorld(t: Test, center: object = CENTER): Promise<World> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis(t)]);
  t.teardown(() => postgres.stop());
  const start = () => newInstance(t, { postgres, redisUrl: redis.url });
  const a = await start();
  const b = await start();
  const c = await start();
  await a.call('PUT', `/v1/contact-centers/${DOMAIN}`, center);
  for (const one of [b, c])
    await until(
      'it to know',
      async () => (await one.call('GET', `/v1/contact-centers/${DOMAIN}`)).status === 200,
    );
  return { all: [a, b, c], start };
}

let registers = 0;
const register = (at: Instance, agent: string, expires = 300, cseq = 1) =>
  at.call('POST', '/v1/register', {
    ...{ aor: `sip:${agent}@${DOMAIN}`, contact: `<sip:${agent}@10.0.0.7:5062>;expires=${expires}` },
    ...{ call_id: `${agent}@10.0.0.7`, cseq },
  });
const phones = async (at: Instance, agent: string) =>
  ((await at.call('GET', `/v1/bindings?address=sip:${agent}@${DOMAIN}`)).body.bindings ?? []).filter(
    (one: { role: string }) => one.role === 'agent',
  ).length;
const route = (at: Instance, user = 'sales', part: object = {}) => {
  registers += 1;
  return at.call('POST', '/v1/route', {
    ruri: `sip:${user}@${DOMAIN}`,
    call_id: `call-${registers}`,
    ...part,
  });
};
const tell = (at: Instance, decision: string, target: number, event: string, part: object = {}) =>
  at.call('POST', '/v1/outcomes', { decision, target, event, ...part });
const firstAgent = ({ body }: { body: { targets: { agent?: string }[] } }) =>
  body.targets.find(({ agent }) => agent)?.agent ?? '';
const order = async (at: Instance) =>
  (
    await at.call('POST', '/v1/overrides', {
      ...{ contact_center: DOMAIN, kind: 'bypass', reason: 'test', by: 'test', expires_in_seconds: 600 },
    })
  ).body.id as string;
const activityOf = async (at: Instance, agent: string) => {
  const { body } = await at.call('GET', `/v1/agents?contact_center=${DOMAIN}`);
  return body.agents.find((one: { name: string }) => one.name === agent)?.activity;
};

t.test('three instances behave as one', async (t) => {
  const { all } = await newWorld(t);
  const [a, b, c] = all;

  await t.test('what is registered at one is bound at all', async (t) => {
    for (const [i, name] of NAMES.entries()) await register(all[i % 3] as Instance, name);
    for (const one of all)
      await until('all phones', async () => {
        const counts = await Promise.all(NAMES.map((name) => phones(one, name)));
        return counts.every((count) => count === 1);
      });
    t.equal((await register(b, NAMES[0] as string)).status, 200, 'a REGISTER repeated elsewhere is answered');
    const [first, second] = NAMES as [string, string];
    await register(c, first, 0, 2);
    await register(c, second, 0, 2);
    // told in this order: who knows of the second knows all of the first
    for (const one of [a, b]) await until('both to be gone', async () => (await phones(one, second)) === 0);
    t.equal(await phones(a, first), 0);
    const late = await register(b, first, 300, 1);
    t.match(late, { status: 409, body: { code: 'stale_cseq' } }, 'an old one brings it back nowhere');
    for (const name of [first, second]) await register(b, name, 300, 3);
    for (const name of [first, second])
      await until('it to be back', async () => (await phones(a, name)) === 1);
  });

  await t.test('what is ordered at one counts at all', async () => {
    const id = await order(a);
    for (const one of all)
      await until('the bypass', async () => (await route(one, 'sales')).body.bypass === true);
    await b.call('DELETE', `/v1/overrides/${id}`);
    for (const one of all)
      await until('its end', async () => (await route(one, 'sales')).body.bypass === false);
  });

  await t.test('what a node says of a place to one counts at all', async () => {
    await c.call('PUT', '/v1/nodes/edge1', { role: 'edge' });
    for (const one of all)
      await until('the node', async () => (await one.call('GET', '/v1/nodes/edge1')).status === 200);
    const say = (at: Instance, state: string) =>
      at.call('POST', '/v1/health', { node: 'edge1', uri: 'sip:192.0.2.10:5060', state });
    await say(b, 'up');
    await say(b, 'down');
    for (const one of all)
      await until('it to be down', async () => (await route(one, 'sales')).body.bypass === true);
  });

  await t.test('twelve calls at once reserve twelve agents', async (t) => {
    for (const name of NAMES)
      await until('everybody to be free', async () => (await activityOf(a, name)) === 'free', 30_000);
    const answers = await Promise.all(NAMES.map((_, i) => route(all[i % 3] as Instance)));
    t.ok(answers.every(({ body }) => body.bypass));
    t.same(answers.map(firstAgent).sort(), NAMES);

    await t.test('who is busy at one is busy at all, and what one is told all hear', async (t) => {
      const [first, ...rest] = answers;
      if (!first) return;
      await tell(b, first.body.decision, 0, 'answered');
      for (const one of rest) await tell(c, one.body.decision, 0, 'canceled');
      const agent = firstAgent(first);
      for (const one of all)
        await until('it to be busy', async () => (await activityOf(one, agent)) === 'busy');
      for (const one of all)
        for (const name of NAMES.filter((name) => name !== agent))
          await until('it to be free', async () => (await activityOf(one, name)) === 'free');
      await tell(c, first.body.decision, 0, 'ended');
      for (const one of all)
        await until('it to be free', async () => (await activityOf(one, agent)) === 'free');
      const { body } = await a.call('GET', `/v1/agents?contact_center=${DOMAIN}`);
      t.ok(body.agents.find((one: { name: string }) => one.name === agent).since, 'idle since');
    });
  });

  await t.test('in turn means in turn of all', async (t) => {
    const first: string[] = [];
    for (let i = 0; i < NAMES.length; i++) {
      const answer = await route(all[i % 3] as Instance, 'turns');
      first.push(firstAgent(answer));
      await tell(all[(i + 1) % 3] as Instance, answer.body.decision, 0, 'canceled');
      for (const one of all)
        await until('it to be free', async () => (await activityOf(one, firstAgent(answer))) === 'free');
    }
    t.same([...first].sort(), NAMES);
  });

  await t.test('the history has one decision a call, and one line a change', async (t) => {
    const { body } = await a.call('GET', '/v1/decisions?limit=500');
    const calls = body.decisions.map((one: { call_id: string }) => one.call_id);
    t.equal(new Set(calls).size, calls.length);
    const lines = async (kind: string) =>
      (await a.call('GET', `/v1/changes?contact_center=${DOMAIN}&kind=${kind}`)).body.changes;
    await until('the lines', async () => (await lines('health')).length > 0);
    t.equal((await lines('health')).length, 1);
    t.equal((await lines('override')).length, 2);
  });
});

t.test(
  'what a registrar holds can be asked of any instance, and whoever commands it puts it right',
  async (t) => {
    const [postgres, redis] = await Promise.all([startPostgres(), startRedis(t)]);
    t.teardown(() => postgres.stop());
    const { held, rpc_url } = await newKamailio(t);
    const start = () => newInstance(t, { postgres, redisUrl: redis.url, rpc: jsonRpc });
    const a = await start();
    await a.call('PUT', `/v1/contact-centers/${DOMAIN}`, CENTER);
    await a.call('PUT', '/v1/nodes/reg1', { role: 'registrar', rpc_url });
    await until('a to command', () => a.commands());
    const b = await start();
    const differences = async (at: Instance) => (await at.call('GET', '/v1/nodes/reg1/differences')).body;
    await until('all to be held', async () => (await differences(a)).total === 0);
    await until('b to know', async () => (await differences(b)).total === 0);
    held.get(SALES)?.set('sip:ghost@192.0.2.66', 0.2);

    const seen = await Promise.all([differences(a), differences(b)]);
    for (const { total, differences } of seen) {
      t.same([total, differences[0].contact, differences[0].kind], [1, 'sip:ghost@192.0.2.66', 'extra']);
    }
    t.equal((await b.call('POST', '/v1/nodes/reg1/repair')).status, 202);
    await until('it to be put right', async () => (await differences(a)).total === 0);
    t.match(await b.call('GET', '/v1/nodes/edge1/differences'), { status: 404 });

    redis.freeze();
    await until('b to notice', () => !b.log.connected);
    for (const [method, what] of [
      ['GET', 'differences'],
      ['POST', 'repair'],
    ] as const) {
      const answer = await b.call(method, `/v1/nodes/reg1/${what}`);
      t.match(answer, { status: 503, body: { code: 'node_unavailable' } }, 'who does not hear the others');
    }
    redis.thaw();
  },
);

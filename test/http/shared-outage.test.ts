import t, { type Test } from 'tap';
import type { Branch } from '../../src/kamailio/append-branch.js';
import { loadEndpoints } from '../../src/register/load-endpoints.sql.js';
import { saveEndpoints } from '../../src/register/save-endpoints.sql.js';
import { openStore } from '../../src/store/open-store.js';
import { endpoint } from '../support/contact-center.js';
import { CutWire } from '../support/cut-wire.js';
import { logLines } from '../support/log-lines.js';
import { startPostgres } from '../support/postgres.js';
import { startRedis } from '../support/redis.js';
import { type Instance, newInstance } from '../support/shared-instances.js';
import { until } from '../support/until.js';

const DOMAIN = 'cc.example.com';
const NAMES = ['alice', 'bob', 'carol', 'dave'];
const CENTER = {
  locations: [{ uri: 'sip:192.0.2.10:5060' }],
  treatments: [
    { name: 'hold-music', kind: 'music_on_hold', uri: 'sip:moh@192.0.2.30:5070', hold_seconds: 600 },
  ],
  skillsets: [{ name: 'sales', treatment: 'hold-music', ring_seconds: 15 }],
  agents: NAMES.map((name) => ({ name, skills: { sales: 1 } })),
};
/** Of a claim that the log doesn't settle. */
const USUAL_MS = 100;

async function newWorld(t: Test) {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis(t)]);
  t.teardown(() => postgres.stop());
  const called: { at: string; branch: Branch }[] = [];
  const start = (name: string, usualMs?: number, redisUrl = redis.url) =>
    newInstance(t, {
      ...{ postgres, redisUrl, ...(usualMs !== undefined && { usualMs }) },
      append: async (_url, branch) => {
        called.push({ at: name, branch });
        return 'appended';
      },
    });
  return { postgres, redis, start, called };
}

async function provision(at: Instance): Promise<void> {
  await at.call('PUT', `/v1/contact-centers/${DOMAIN}`, CENTER);
  await at.call('PUT', '/v1/nodes/reg1', { role: 'registrar', rpc_url: 'http://127.0.0.1:1/RPC' });
  await at.call('POST', '/v1/overrides', {
    ...{ contact_center: DOMAIN, kind: 'bypass', reason: 'test', by: 'test', expires_in_seconds: 600 },
  });
  for (const name of NAMES) await register(at, name);
}

const register = (at: Instance, agent: string, cseq = 1, host = '10.0.0.7') =>
  at.call('POST', '/v1/register', {
    ...{ aor: `sip:${agent}@${DOMAIN}`, contact: `<sip:${agent}@${host}:5062>;expires=300` },
    ...{ call_id: `${agent}@${host}`, cseq },
  });
let calls = 0;
const route = (at: Instance) => {
  calls += 1;
  const question = { node: 'reg1', ruri: `sip:sales@${DOMAIN}`, call_id: `call-${calls}` };
  return at.call('POST', '/v1/route', question);
};
const tell = (at: Instance, decision: string, event: string, target = 0, part: object = {}) =>
  at.call('POST', '/v1/outcomes', { decision, target, event, node: 'reg1', ...part });
const agentsOf = async (at: Instance) => (await at.call('GET', '/v1/agents')).body.agents;
const activities = async (at: Instance) => {
  const agents: { name: string; activity: string }[] = await agentsOf(at);
  return Object.fromEntries(agents.map(({ name, activity }) => [name, activity]));
};
const firstAgent = ({ body }: { body: { targets: { agent?: string }[] } }) => body.targets[0]?.agent ?? '';
const knowsAll = (at: Instance) =>
  until('it to know what is provisioned and registered', async () => {
    const { overrides } = (await at.call('GET', '/v1/overrides')).body;
    const agents: { endpoints: number }[] = await agentsOf(at);
    return (
      overrides.length === 1 && agents.filter(({ endpoints }) => endpoints === 1).length === NAMES.length
    );
  });
/** Without what it can do without; the registrar that is provisioned isn't there at all. */
const misses = async (at: Instance): Promise<string[]> => {
  const { degraded } = (await at.call('GET', '/readyz')).body;
  return degraded.map(({ name }: { name: string }) => name).filter((name: string) => name !== 'registrars');
};
const follow = (...all: Instance[]) =>
  until('all to follow', () => all.every(({ log }) => log.connected), 30_000);

t.test('Redis goes, and calls go on', async (t) => {
  const { postgres, redis, start } = await newWorld(t);
  const a = await start('a', USUAL_MS);
  const b = await start('b', USUAL_MS);
  await provision(a);
  await knowsAll(b);

  await t.test('frozen: nobody waits for it but for the first ones, and a little', async (t) => {
    redis.freeze();
    const begun = performance.now();
    const { status } = await route(a);
    t.equal(status, 200);
    t.ok(performance.now() - begun < 10 * USUAL_MS, `${performance.now() - begun} ms`);
    t.equal((await register(a, 'alice', 2)).status, 200);
    await until('both to notice', () => !a.log.connected && !b.log.connected);
    t.same(await misses(a), ['redis']);
    redis.thaw();
    await follow(a, b);
    t.same(await misses(a), []);
  });

  await t.test('frozen together with Postgres: calls and REGISTERs are answered all the same', async (t) => {
    redis.freeze();
    postgres.freeze();
    t.equal((await route(a)).status, 200);
    t.match(await register(b, 'alice', 3), { status: 200, body: { stored: false } });
    await until('both to notice', () => !a.log.connected && !b.log.connected);
    postgres.thaw();
    redis.thaw();
    await follow(a, b);
    await until('everything to be there again', async () => (await misses(b)).length === 0, 30_000);
  });

  await t.test('killed and back empty: what each has learned meanwhile, all know', async (t) => {
    await redis.kill9();
    await until('both to notice', () => !a.log.connected && !b.log.connected);
    const [atA, atB] = [await route(a), await route(b)];
    await tell(a, atA.body.decision, 'answered');
    const shared = firstAgent(atA);
    // Each goes on by its own memory; so b's call may well have rung the same agent.
    await tell(b, atB.body.decision, 'failed', 0, { status: 486 });
    await register(b, 'bob', 1, '10.0.0.99');
    await a.call('PUT', `/v1/contact-centers/${DOMAIN}/agents/erin`, { skills: { sales: 2 } });
    await redis.start();
    await follow(a, b);
    for (const one of [a, b]) {
      await until('the agent to be busy', async () => (await activities(one))[shared] === 'busy');
      await until('the new agent', async () => 'erin' in (await activities(one)));
      await until('the second phone', async () => {
        const bob = (await agentsOf(one)).find(({ name }: { name: string }) => name === 'bob');
        return bob.endpoints === 2;
      });
      await until('who declined', async () =>
        (await agentsOf(one)).some(
          ({ name, put_last }: { name: string; put_last: object | null }) =>
            name === firstAgent(atB) && (put_last !== null || name === shared),
        ),
      );
    }
    const c = await start('c');
    await until('who is new to know', async () => (await activities(c))[shared] === 'busy');
    t.pass();
  });
});

t.test('the instance that commands is cut off from Redis, the others are not', async (t) => {
  t.setTimeout(180_000);
  const { redis, start } = await newWorld(t);
  const wire = await CutWire.open(redis.port);
  t.teardown(() => wire.close());
  const a = await start('a', USUAL_MS, `redis://127.0.0.1:${wire.port}`);
  await provision(a);
  await until('a to command', () => a.commands());
  const b = await start('b', USUAL_MS);
  const c = await start('c', USUAL_MS);
  await Promise.all([knowsAll(b), knowsAll(c)]);
  wire.cut();
  await until('a to notice', () => !a.log.connected);
  t.same(await misses(a), ['redis']);
  t.same(await misses(b), []);

  await t.test('it goes on by its own memory, and so do they by theirs', async (t) => {
    const [atA, atB] = [await route(a), await route(b)];
    t.same([atA.status, atB.status], [200, 200]);
    await tell(a, atA.body.decision, 'answered');
    const agent = firstAgent(atB);
    await tell(b, atB.body.decision, 'answered');
    await until('c to hear it from b', async () => (await activities(c))[agent] === 'busy');
    t.equal((await register(a, 'alice', 2, '10.0.0.7')).status, 200);
    t.equal((await register(a, 'bob', 1, '10.0.0.98')).status, 200);
    t.equal((await register(b, 'carol', 1, '10.0.0.99')).status, 200);
  });

  await t.test('one that hears the others commands instead', async () => {
    await until('b or c to command', () => b.commands() || c.commands(), 60_000);
  });

  await t.test('mended: all know everything', async (t) => {
    wire.mend();
    await follow(a, b, c);
    for (const one of [a, b, c]) {
      await until('the phones that were new', async () => {
        const phones: { name: string; endpoints: number }[] = await agentsOf(one);
        const two = phones.filter(({ endpoints }) => endpoints === 2).map(({ name }) => name);
        return two.includes('bob') && two.includes('carol');
      });
    }
    const same = async () => {
      const [atA, atB, atC] = await Promise.all([activities(a), activities(b), activities(c)]);
      return JSON.stringify(atA) === JSON.stringify(atB) && JSON.stringify(atB) === JSON.stringify(atC);
    };
    await until('all to say the same of every agent', same);
    t.ok(Object.values(await activities(b)).includes('busy'));
  });
});

t.test('one instance commands and calls for those on hold; when it goes another one does', async (t) => {
  const { start, called } = await newWorld(t);
  const a = await start('a');
  await provision(a);
  await until('a to command', () => a.commands());
  const b = await start('b');
  await knowsAll(b);
  // Every agent is in a call; one caller more hears the music.
  const answered: string[] = [];
  for (let i = 0; i < NAMES.length; i++) {
    await until('a free agent', async () => Object.values(await activities(b)).includes('free'), 30_000);
    const { body } = await route(b);
    await tell(i % 2 ? a : b, body.decision, 'answered');
    answered.push(body.decision);
  }
  for (const one of [a, b])
    await until('all to be busy', async () =>
      Object.values(await activities(one)).every((activity) => activity === 'busy'),
    );
  const { body } = await route(b);
  const music = body.targets.length - 1;
  const hold = { transaction: '1:2', branches_left: 8 };
  await tell(b, body.decision, 'ringing', music, { status: 183, hold });
  t.equal(b.commands(), false);

  await t.test('the caller on hold at b is called for by a', async (t) => {
    await tell(b, answered[0] as string, 'ended');
    await until('an agent to be called', () => called.length > 0);
    t.same(
      called.map(({ at }) => at),
      ['a'],
    );
    const attempt = called[0]?.branch.document as { decision: string } | undefined;
    await tell(b, attempt?.decision ?? '', 'failed', 0, { status: 486 });
  });

  await t.test('a goes, and b calls the next one', async (t) => {
    await a.close();
    await until('b to command', () => b.commands(), 30_000);
    await tell(b, answered[1] as string, 'ended');
    await until('an agent to be called', () => called.length > 1, 30_000);
    t.same(
      called.map(({ at }) => at),
      ['a', 'b'],
    );
  });
});

t.test('a lone instance that starts again knows health and idle times', async (t) => {
  const { start } = await newWorld(t);
  const a = await start('a');
  await provision(a);
  const overrides = (await a.call('GET', '/v1/overrides')).body.overrides;
  await a.call('DELETE', `/v1/overrides/${overrides[0].id}`);
  for (let i = 0; i < 2; i++) {
    const { body } = await route(a);
    await tell(a, body.decision, 'failed', 0, { status: 408, local: true });
  }
  const health = async (at: Instance) => (await at.call('GET', '/v1/health')).body.contact_centers[0];
  t.equal((await health(a)).bypass?.active ?? (await route(a)).body.bypass, true);
  const { body } = await route(a);
  await tell(a, body.decision, 'answered');
  await tell(a, body.decision, 'ended');
  const agents = (at: Instance) =>
    agentsOf(at).then((all) =>
      all.map(({ name, since }: { name: string; since: string }) => `${name} ${since}`),
    );
  const before = { health: (await health(a)).locations, agents: await agents(a) };
  t.ok(before.agents.some((line: string) => !line.endsWith('null')));
  await a.close();
  const b = await start('b');
  const [was, is] = [before.health[0], (await health(b)).locations[0]];
  t.same([is.state, is.since], [was.state, was.since]);
  t.same(await agents(b), before.agents);
  t.equal((await route(b)).body.bypass, true);
});

t.test('a row that an instance writes late takes the place of no newer one', async (t) => {
  const { postgres, start } = await newWorld(t);
  await provision(await start('a'));
  const store = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, logLines());
  t.teardown(() => store.close());
  const put = (cseq: number, call_id = 'one') =>
    saveEndpoints(store.pool, [{ kind: 'put', endpoint: endpoint('alice', { call_id, cseq, key: 'k' }) }]);
  const stored = async () => {
    const found = (await loadEndpoints(store.pool)).find(({ key }) => key === 'k');
    return `${found?.call_id} ${found?.cseq}`;
  };
  await put(2);
  await put(1);
  t.equal(await stored(), 'one 2');
  await put(2);
  await put(3);
  t.equal(await stored(), 'one 3');
  await put(1, 'two');
  t.equal(await stored(), 'two 1');
});

import t from 'tap';
import { uuidv7 } from 'uuidv7';
import { buildApp } from '../../src/app.js';
import { CENTER, onBothDatabases, register, type Service, START } from './call-service.js';
import { send } from './send.js';

const SKILLS = { sales: 1 };
const SECOND = 1_000;

/** So many agents with one phone each. */
async function team(service: Service, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, i) => `agent${String(i).padStart(3, '0')}`);
  const agents = names.map((name) => ({ name, skills: SKILLS }));
  await service.call('PUT', '/v1/contact-centers/cc.example.com', { ...CENTER, agents });
  for (const [i, name] of names.entries()) await register(service, name, `10.0.1.${i}`);
  return names;
}

const route = (service: Service, call_id: string, part: object = {}) =>
  service.call('POST', '/v1/route', { node: 'reg1', ruri: 'sip:sales@cc.example.com', call_id, ...part });

interface Target {
  readonly role: string;
  readonly agent?: string;
  readonly position: number;
}

/** In the order in which they are called. */
const called = (body: { targets: Target[] }) => body.targets.flatMap(({ agent }) => agent ?? []);
const positionOf = (body: { targets: Target[] }, agent: string) =>
  body.targets.find((target) => target.agent === agent)?.position ?? -1;

const report = (service: Service, decision: string, target: number, event: string, part: object = {}) =>
  service.call('POST', '/v1/outcomes', { decision, target, event, node: 'reg1', ...part });

/** A call that this agent answers. */
async function answer(service: Service, agent: string, call_id: string) {
  const { body } = await route(service, call_id);
  const target = positionOf(body, agent);
  await report(service, body.decision, target, 'answered', { status: 200 });
  return { end: () => report(service, body.decision, target, 'ended') };
}

async function agents(service: Service, query = '?contact_center=cc.example.com') {
  const { status, body } = await service.call('GET', `/v1/agents${query}`);
  return { status, body, agents: body.agents as Record<string, unknown>[] };
}

async function activities(service: Service): Promise<Record<string, unknown>> {
  const { agents: all } = await agents(service);
  return Object.fromEntries(all.map(({ name, activity }) => [name, activity]));
}

onBothDatabases(t, {
  'a hundred calls at once start with a hundred different agents': async (t, service) => {
    const names = await team(service, 100);
    const answers = await Promise.all(names.map((_, i) => route(service, `call-${i}@phone`)));
    const firsts = answers.map(({ body }) => called(body)[0]);
    t.same([...new Set(firsts)].sort(), names);
    t.match((await route(service, 'one-more@phone')).status, 200, 'one call more finds them reserved');
    t.same(called((await route(service, 'call-7@phone')).body)[0], firsts[7], 'who asks again has the same');
  },

  'calls at once start with different groups, when agents ring together': async (t, service) => {
    const names = await team(service, 9);
    await service.call('PUT', '/v1/contact-centers/cc.example.com/skillsets/sales', {
      order: 'simultaneous',
      group_size: 3,
    });
    const answers = await Promise.all(['a', 'b', 'c'].map((id) => route(service, `${id}@phone`)));
    const firsts = answers.flatMap(({ body }) => called(body).slice(0, 3));
    t.same([...new Set(firsts)].sort(), names);
  },

  'what an agent does follows the calls': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');
    await register(service, 'bob', '10.0.0.8');

    await t.test('GET /v1/agents 200: everybody, also who was never called', async (t) => {
      const { status, body } = await agents(service);
      t.equal(status, 200);
      t.strictSame(body.agents[0], {
        contact_center: 'cc.example.com',
        name: 'alice',
        activity: 'free',
        unproved: false,
        since: null,
        until: null,
        call_id: null,
        put_last: null,
        paused: null,
        endpoints: 1,
        skills: { sales: 1, support: 3 },
      });
      t.same((await agents(service, '')).body, body, 'without a query those of every contact center');
      t.same((await agents(service, '?contact_center=other.example.com')).body, { agents: [] });
      t.same((await agents(service, '?contact_center=CC.example.com.')).body, body, 'in any spelling');
    });

    await t.test('reserved, ringing, in a call, free again', async (t) => {
      const { body } = await route(service, 'a@phone');
      t.match((await agents(service)).agents, [
        {
          name: 'alice',
          activity: 'reserved',
          since: '2026-11-22T12:00:00.000Z',
          call_id: 'a@phone',
          until: /^2026-11-22T12:00:/,
        },
        { name: 'bob', activity: 'free' },
      ]);
      const target = positionOf(body, 'alice');
      service.now = START + SECOND;
      await report(service, body.decision, target, 'ringing', { status: 180 });
      t.match((await agents(service)).agents[0], { activity: 'ringing', since: '2026-11-22T12:00:01.000Z' });
      service.now = START + 2 * SECOND;
      await report(service, body.decision.toUpperCase(), target, 'answered', { status: 200, local: false });
      t.match((await agents(service)).agents[0], {
        activity: 'busy',
        since: '2026-11-22T12:00:02.000Z',
        until: '2026-11-22T14:00:02.000Z',
        call_id: 'a@phone',
      });
      service.now = START + 60 * SECOND;
      await report(service, body.decision, target, 'ended');
      t.match((await agents(service)).agents[0], {
        activity: 'free',
        since: '2026-11-22T12:01:00.000Z',
        until: null,
        call_id: null,
      });
    });

    await t.test('400, 404: what the query can have wrong', async (t) => {
      t.match(await service.call('GET', '/v1/agents?contact_center=a..b'), {
        status: 400,
        body: { code: 'bad_request', field: '/contact_center' },
      });
      t.match(await service.call('GET', '/v1/agents?contact_center=nobody.example.com'), {
        status: 404,
        body: { code: 'unknown_contact_center' },
      });
    });
  },

  'an agent in a call is passed over, for every skillset': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');
    await register(service, 'bob', '10.0.0.8');
    const call = await answer(service, 'alice', 'a@phone');
    const sales = await route(service, 'b@phone');
    t.same(called(sales.body), ['bob']);
    const support = await route(service, 'c@phone', { ruri: 'sip:support@cc.example.com' });
    t.same(called(support.body), []);
    const own = await route(service, 'd@phone', { ruri: 'sip:alice@cc.example.com' });
    t.same(called(own.body), ['alice'], 'who calls alice wants alice');
    await call.end();
    const again = await route(service, 'e@phone', { ruri: 'sip:support@cc.example.com' });
    t.same(called(again.body), ['alice']);
  },

  'who has been without a call for longest comes first': async (t, service) => {
    const [first = '', second = '', third = ''] = await team(service, 3);
    const order = async () => {
      const { body } = await route(service, uuidv7());
      // The contact center has it, so nobody stays reserved.
      await report(service, body.decision, 0, 'answered', { status: 200 });
      return called(body);
    };
    t.same(await order(), [first, second, third]);
    for (const [i, agent] of [second, first].entries()) {
      const call = await answer(service, agent, `${i}@phone`);
      service.now += SECOND;
      await call.end();
    }
    t.same(await order(), [third, second, first]);
  },

  'who did not answer, or was not reached, comes last for a while': async (t, service) => {
    const [first = '', second = '', third = ''] = await team(service, 3);
    const order = async (call_id: string) => called((await route(service, call_id)).body);
    const { body } = await route(service, 'a@phone');
    await report(service, body.decision, positionOf(body, first), 'failed', { status: 408, local: true });
    await report(service, body.decision, positionOf(body, second), 'ringing');
    await report(service, body.decision, positionOf(body, second), 'failed', { status: 408, local: true });
    t.match((await agents(service)).agents, [
      { put_last: { code: 'unreachable', until: '2026-11-22T12:01:00.000Z' } },
      { put_last: { code: 'no_answer', until: '2026-11-22T12:01:00.000Z' } },
      { put_last: null },
    ]);
    t.same(await order('b@phone'), [third, first, second]);
    service.now += 60 * SECOND;
    t.same(await order('b@phone'), [third, first, second].sort());
  },

  'POST /v1/outcomes: its new fields': async (t, service) => {
    await register(service, 'alice', '10.0.0.7');
    const { body } = await route(service, 'a@phone');
    const told = (part: object) => report(service, body.decision, 0, 'failed', { status: 503, ...part });
    t.same(await told({ local: null, retry_after: null }), { status: 204, body: null });
    t.equal((await told({ local: false, retry_after: 30 })).status, 204);
    t.match(await told({ local: 'yes' }), { status: 400, body: { field: '/local' } });
    for (const retry_after of [-1, 2 ** 31, 1.5, 'soon']) {
      t.match(
        await told({ retry_after }),
        { status: 400, body: { field: '/retry_after' } },
        `${retry_after}`,
      );
    }
  },

  'after a restart agents in a call are known to be': async (t, service) => {
    const [first = '', second = ''] = await team(service, 2);
    await answer(service, first, 'a@phone');
    const over = await answer(service, second, 'b@phone');
    await over.end();
    service.now += SECOND;
    // What was told is written soon; a reader has it written at once.
    await service.call('GET', '/v1/decisions');
    await service.app.close();
    const app = await buildApp({ store: service.store, clock: () => service.now });
    t.teardown(() => app.close());
    const again = Object.assign(service, {
      app,
      call: async (method: string, url: string, body?: object) => send(app, `${method} ${url}`, body),
    });
    t.same(await activities(again), { [first]: 'busy', [second]: 'free' });
    const { body } = await agents(again);
    t.match(body.agents[0], { call_id: 'a@phone', since: '2026-11-22T12:00:00.000Z' });
    service.now = START + 2 * 3_600 * SECOND;
    t.same(await activities(again), { [first]: 'free', [second]: 'free' }, 'for two hours at the most');
  },

  'nobody stays busy without a call for longer than a registration is granted for, nor after a restart':
    async (t, service) => {
      const [first = '', second = ''] = await team(service, 2);
      await answer(service, first, 'a@phone');
      const order = async (call_id: string) => {
        const { body } = await route(service, call_id);
        return body.targets.flatMap(({ agent, code }: { agent?: string; code: string }) =>
          agent ? [`${agent} ${code}`] : [],
        );
      };
      service.now = START + 299 * SECOND;
      t.same(await order('b@phone'), [`${second} free`]);
      for (const [i, name] of [first, second].entries()) await register(service, name, `10.0.1.${i}`, 2);
      service.now = START + 300 * SECOND;
      t.same(await order('b@phone'), [`${second} free`, `${first} unproved`]);
      t.match((await agents(service)).agents[0], { activity: 'busy', unproved: true, call_id: 'a@phone' });
      await service.app.close();
      const app = await buildApp({ store: service.store, clock: () => service.now });
      t.teardown(() => app.close());
      service.call = async (method: string, url: string, body?: object) =>
        send(app, `${method} ${url}`, body);
      t.same(await order('c@phone'), [`${second} free`, `${first} unproved`]);
      service.now = START + 500 * SECOND;
      await answer(service, first, 'd@phone');
      t.match(
        (await agents(service)).agents[0],
        { activity: 'busy', unproved: false, call_id: 'd@phone' },
        'until the next answer',
      );
    },

  'a node that has started has forgotten its calls': async (t, service) => {
    const [first = '', second = ''] = await team(service, 2);
    await answer(service, first, 'a@phone');
    const other = await route(service, 'b@phone', { node: 'reg2' });
    await report(service, other.body.decision, positionOf(other.body, second), 'answered');
    const started = async (query: string) => {
      const { status } = await service.call('POST', `/v1/nodes/reg1/started${query}`, {});
      return { status, activities: await activities(service) };
    };
    service.now += 3_000;
    t.same(
      await started('?up_seconds=2'),
      { status: 204, activities: { [first]: 'busy', [second]: 'busy' } },
      'not those that it has taken since',
    );
    t.same(await started('?up_seconds=1'), {
      status: 204,
      activities: { [first]: 'free', [second]: 'busy' },
    });
    t.equal((await started('')).status, 204);
    t.equal((await started('?up_seconds=soon')).status, 400);
  },
});

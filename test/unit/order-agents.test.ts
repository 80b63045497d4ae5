import fc from 'fast-check';
import t from 'tap';
import type { Order } from '../../src/directory/contact-center.js';
import { type AgentCandidate, type AgentOrder, orderAgents } from '../../src/invite/order-agents.js';
import { type AgentState, NEVER_SEEN } from '../../src/live/agent-state.js';
import { NOW } from '../support/contact-center.js';

const CALL = { call_id: 'a84b4c76e66710', now: NOW };
const ORDERS: readonly Order[] = [
  'priority',
  'skill_level',
  'longest_idle',
  'round_robin',
  'weighted',
  'simultaneous',
];

type Part = Partial<Omit<AgentCandidate, 'state'>> & { state?: Partial<AgentState> };

function candidate(agent: string, { state, ...part }: Part = {}): AgentCandidate {
  return { agent, level: 1, weight: 10, paused: null, ...part, state: { ...NEVER_SEEN, ...state } };
}

function policy(order: Order, group_size = 3): AgentOrder {
  return { order, group_size, skillset: 'sales' };
}

function names(candidates: readonly AgentCandidate[], order: Order, call_id = CALL.call_id): string[] {
  return orderAgents(candidates, policy(order), { ...CALL, call_id }).called.map(({ agent }) => agent);
}

const callIds = (count: number) => Array.from({ length: count }, (_, i) => `call-${i}@phone`);
const seconds = (ago: number) => NOW - ago * 1_000;
const LAST = { until: NOW + 30_000, code: 'no_answer' } as const;

t.test('who is free comes first, then who may soon be, then who did not answer', async (t) => {
  const other = { call_id: 'another', idle_since: seconds(9_000) };
  const { called, out } = orderAgents(
    [
      candidate('ann', { state: { put_last: LAST, idle_since: 1 } }),
      candidate('ben', { state: { ...other, activity: 'ringing' } }),
      candidate('cid', { state: { ...other, activity: 'reserved' } }),
      candidate('dan', { level: 9, state: { idle_since: seconds(42) } }),
      candidate('eve', { state: { ...other, activity: 'busy' } }),
      candidate('fay', { paused: { reason: 'lunch', by: 'ops' } }),
      candidate('gil', { state: { put_last: { until: NOW + 1, code: 'unreachable' }, idle_since: 2 } }),
    ],
    policy('longest_idle'),
    CALL,
  );
  t.same(called, [
    { agent: 'dan', group: 0, code: 'free', because: 'sales level 9, free, without a call for 42 s' },
    {
      agent: 'cid',
      group: 1,
      code: 'reserved',
      because: 'sales level 1, put first for another call, without a call for 9000 s',
    },
    {
      agent: 'ben',
      group: 2,
      code: 'ringing',
      because: 'sales level 1, rings with another call, without a call for 9000 s',
    },
    {
      agent: 'ann',
      group: 3,
      code: 'put_last',
      because: `sales level 1, didn't answer and is put last for another 30 s, without a call for ${NOW / 1_000} s`,
    },
    {
      agent: 'gil',
      group: 4,
      code: 'put_last',
      because: `sales level 1, wasn't reached and is put last for another 1 s, without a call for ${NOW / 1_000} s`,
    },
  ]);
  t.same(out, [
    { agent: 'eve', code: 'busy', because: 'in a call' },
    { agent: 'fay', code: 'paused', because: 'paused by ops: lunch' },
  ]);
});

t.test('what is reserved for, or rings with, this very call is free for it', async (t) => {
  const { call_id } = CALL;
  const { called } = orderAgents(
    [
      candidate('ann'),
      candidate('abe', { state: { activity: 'reserved', call_id } }),
      candidate('aby', { state: { activity: 'ringing', call_id } }),
    ],
    policy('priority'),
    CALL,
  );
  t.same(
    called.map(({ agent, code }) => [agent, code]),
    [
      ['abe', 'free'],
      ['aby', 'free'],
      ['ann', 'free'],
    ],
  );
});

t.test('nobody is put last for longer than said', async (t) => {
  const { called } = orderAgents(
    [candidate('ann', { state: { put_last: { until: NOW, code: 'no_answer' } } })],
    policy('priority'),
    CALL,
  );
  t.same(
    called.map(({ code }) => code),
    ['free'],
  );
});

t.test('priority: by level, then by name, the same for every call', async (t) => {
  const all = [candidate('bob'), candidate('ann', { level: 2 }), candidate('abe')];
  for (const callId of callIds(20)) t.same(names(all, 'priority', callId), ['abe', 'bob', 'ann']);
});

t.test('skill_level: by level, within one spread by Call-ID', async (t) => {
  const all = [candidate('ann'), candidate('bob'), candidate('cid'), candidate('dan', { level: 2 })];
  const firsts = callIds(600).map((callId) => {
    const order = names(all, 'skill_level', callId);
    t.equal(order.at(-1), 'dan');
    t.same(order, names(all, 'skill_level', callId));
    return order[0];
  });
  for (const agent of ['ann', 'bob', 'cid']) {
    const count = firsts.filter((first) => first === agent).length;
    t.ok(count > 150 && count < 250, `${agent}: ${count} of 600`);
  }
});

t.test('longest_idle: within a level who has been without a call for longest', async (t) => {
  const all = [
    candidate('ann', { state: { idle_since: seconds(10) } }),
    candidate('bob', { state: { idle_since: seconds(500) } }),
    candidate('cid', { level: 2, state: { idle_since: seconds(9_000) } }),
    candidate('dan'),
    candidate('abe', { state: { idle_since: seconds(500) } }),
  ];
  t.same(names(all, 'longest_idle'), ['dan', 'abe', 'bob', 'ann', 'cid']);
});

t.test('round_robin: each in turn, all levels alike', async (t) => {
  let all = [candidate('ann', { level: 3 }), candidate('bob'), candidate('cid', { level: 2 })];
  const firsts = callIds(6).map((callId, i) => {
    const [first] = names(all, 'round_robin', callId);
    all = all.map((one) =>
      one.agent === first ? candidate(one.agent, { state: { offered_at: i + 1 } }) : one,
    );
    return first;
  });
  t.same(firsts, ['ann', 'bob', 'cid', 'ann', 'bob', 'cid']);
});

t.test('weighted: each is first as often as the weight says, all levels alike', async (t) => {
  const weights = { ann: 10, bob: 30, cid: 60 };
  const all = Object.entries(weights).map(([agent, weight], level) =>
    candidate(agent, { weight, level: 5 - level }),
  );
  const calls = 4_000;
  const orders = callIds(calls).map((callId) => names(all, 'weighted', callId));
  for (const [agent, weight] of Object.entries(weights)) {
    const share = (orders.filter(([first]) => first === agent).length / calls) * 100;
    t.ok(Math.abs(share - weight) < 4, `${agent} with weight ${weight}: ${share} %`);
  }
  // Of the two that are left when ann was first, bob comes next in 30 of 90.
  const withoutAnn = orders.filter(([first]) => first === 'ann');
  const next = withoutAnn.filter(([, second]) => second === 'bob').length / withoutAnn.length;
  t.ok(Math.abs(next - 1 / 3) < 0.12, `bob after ann: ${next}`);
  t.same(names(all, 'weighted'), names([...all].reverse(), 'weighted'));
});

t.test('simultaneous: groups as by longest_idle, all levels alike, never of two classes', async (t) => {
  const all = ['ann', 'bob', 'cid', 'dan'].map((agent, i) =>
    candidate(agent, { level: 4 - i, state: { idle_since: seconds(100 - i) } }),
  );
  const reserved = ['eve', 'fay', 'gil', 'hal'].map((agent) =>
    candidate(agent, { state: { activity: 'reserved', call_id: 'another' } }),
  );
  const { called } = orderAgents([...reserved, ...all], policy('simultaneous'), CALL);
  t.same(
    called.map(({ agent, group }) => `${agent} ${group}`),
    ['ann 0', 'bob 0', 'cid 0', 'dan 1', 'eve 2', 'fay 2', 'gil 2', 'hal 3'],
  );
});

t.test('the words tell what the order goes by', async (t) => {
  const words = (order: Order, part: Part = {}) =>
    orderAgents([candidate('ann', part)], policy(order), CALL).called[0]?.because;
  t.equal(words('priority'), 'sales level 1, free');
  t.equal(words('skill_level'), 'sales level 1, free');
  t.equal(words('longest_idle'), 'sales level 1, free, no call yet');
  t.equal(words('simultaneous'), 'sales level 1, free, no call yet');
  t.equal(words('round_robin'), 'sales level 1, free, never put first');
  t.equal(
    words('round_robin', { state: { offered_at: seconds(7) } }),
    'sales level 1, free, last put first 7 s ago',
  );
  t.equal(words('weighted', { weight: 25 }), 'sales level 1, free, weight 25');
});

const anyState: fc.Arbitrary<AgentState> = fc.record({
  activity: fc.constantFrom('free', 'reserved', 'ringing', 'busy'),
  unproved: fc.boolean(),
  call_id: fc.constantFrom(null, CALL.call_id, 'another'),
  idle_since: fc.constantFrom(0, NOW - 60_000, NOW - 1, NOW),
  offered_at: fc.constantFrom(0, NOW - 60_000, NOW),
  put_last: fc.constantFrom(null, LAST, { until: NOW - 1, code: 'unreachable' } as const),
});

const anyCandidates = fc.uniqueArray(
  fc.record({
    agent: fc.stringMatching(/^[a-d]{1,3}$/),
    level: fc.integer({ min: 1, max: 4 }),
    weight: fc.integer({ min: 1, max: 100 }),
    state: anyState,
    paused: fc.constantFrom(null, null, { reason: 'lunch', by: 'ops' }),
  }),
  { selector: ({ agent }) => agent, maxLength: 40 },
);
const anyPolicy = fc
  .record({ order: fc.constantFrom(...ORDERS), group_size: fc.integer({ min: 1, max: 6 }) })
  .map((part) => ({ ...part, skillset: 'sales' }));
const CLASSES = ['free', 'reserved', 'ringing', 'put_last', 'unproved'];

function holds(predicate: (candidates: AgentCandidate[], policy: AgentOrder) => boolean) {
  return () => fc.assert(fc.property(anyCandidates, anyPolicy, predicate), { numRuns: 500 });
}

t.test('who is in a call that nothing proves any more comes last, not never', async (t) => {
  const lost = { activity: 'busy', unproved: true, call_id: 'another', idle_since: 0 } as const;
  const { called, out } = orderAgents(
    [
      candidate('ann', { state: lost }),
      candidate('ben', { level: 9, state: { put_last: LAST, idle_since: seconds(42) } }),
      candidate('cid', { state: { ...lost, unproved: false } }),
      candidate('dan', { state: lost, paused: { reason: 'lunch', by: 'ops' } }),
    ],
    policy('longest_idle'),
    CALL,
  );
  t.same(
    called.map(({ agent, code }) => `${agent} ${code}`),
    ['ben put_last', 'ann unproved'],
  );
  t.equal(called[1]?.because, 'sales level 1, in a call whose end may have been missed, no call yet');
  t.same(
    out.map(({ agent, code }) => `${agent} ${code}`),
    ['cid busy', 'dan paused'],
  );
});

t.test('property: nobody comes behind one whose call is unproved but others like that', async (t) => {
  t.doesNotThrow(
    holds((candidates, policy) => {
      const unproved = new Set(candidates.filter(({ state }) => state.unproved).map(({ agent }) => agent));
      const { called } = orderAgents(candidates, policy, CALL);
      const from = called.findIndex(({ agent }) => unproved.has(agent));
      return from < 0 || called.slice(from).every(({ agent }) => unproved.has(agent));
    }),
  );
});

t.test('property: everybody is called or left out, once; busy and paused never called', async (t) => {
  t.doesNotThrow(
    holds((candidates, policy) => {
      const { called, out } = orderAgents(candidates, policy, CALL);
      const placed = [...called, ...out].map(({ agent }) => agent);
      const left = candidates.filter(
        ({ paused, state }) => paused || (state.activity === 'busy' && !state.unproved),
      );
      return (
        placed.length === candidates.length &&
        new Set(placed).size === placed.length &&
        candidates.every(({ agent }) => placed.includes(agent)) &&
        out.length === left.length &&
        left.every(({ agent }) => out.some((one) => one.agent === agent))
      );
    }),
  );
});

t.test('property: the order is total: how the candidates stand in the list does not matter', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        anyCandidates.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        anyPolicy,
        ([all, shuffled], policy) => {
          t.same(orderAgents(shuffled, policy, CALL), orderAgents(all, policy, CALL));
        },
      ),
    ),
  );
});

t.test('property: classes come in their order, and so do groups, which hold one class each', async (t) => {
  t.doesNotThrow(
    holds((candidates, policy) => {
      const { called } = orderAgents(candidates, policy, CALL);
      const size = policy.order === 'simultaneous' ? policy.group_size : 1;
      return called.every((one, i) => {
        const before = called[i - 1];
        const members = called.filter(({ group }) => group === one.group);
        return (
          members.length <= size &&
          members.every(({ code }) => code === one.code) &&
          (before === undefined
            ? one.group === 0
            : CLASSES.indexOf(before.code) <= CLASSES.indexOf(one.code) &&
              (one.group === before.group || one.group === before.group + 1))
        );
      });
    }),
  );
});

t.test('property: who leaves changes nothing about the order of those who stay', async (t) => {
  t.doesNotThrow(
    holds((candidates, policy) => {
      const stay = candidates.filter((_, i) => i % 2 === 0);
      const agents = stay.map(({ agent }) => agent);
      const all = orderAgents(candidates, policy, CALL).called.map(({ agent }) => agent);
      const some = orderAgents(stay, policy, CALL).called.map(({ agent }) => agent);
      return all.filter((agent) => agents.includes(agent)).join() === some.join();
    }),
  );
});

t.test('a thousand agents are put in order', async (t) => {
  const all = Array.from({ length: 1_000 }, (_, i) => candidate(`agent${i}`, { level: 1 + (i % 5) }));
  for (const order of ORDERS) t.equal(new Set(names(all, order)).size, 1_000, order);
});

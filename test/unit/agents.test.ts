import fc from 'fast-check';
import t from 'tap';
import { Directory } from '../../src/directory/directory.js';
import type { Endpoint } from '../../src/directory/endpoint.js';
import { Agents } from '../../src/live/agents.js';
import { BUSY_MS } from '../../src/live/call-progress.js';
import type { FollowedCall } from '../../src/live/followed-call.js';
import { LiveCalls, type ToldOutcome } from '../../src/live/live-calls.js';
import { agent, contactCenter, DOMAIN, endpoint, NOW } from '../support/contact-center.js';
import { followedCall, outcome } from '../support/followed-call.js';

const NAMES = ['alice', 'bob', 'carol'];
const PUT_LAST_MS = 60_000;
const RESERVED_MS = 19_000;

function scene() {
  const directory = new Directory();
  directory.putContactCenter(contactCenter({ agents: NAMES.map((name) => agent(name)) }));
  const agents = new Agents({ directory, clock: () => NOW });
  const calls = new LiveCalls(agents, 100);
  const state = (name: string, now = NOW) => agents.of(DOMAIN, name, now);
  const doing = (now = NOW) => NAMES.map((name) => state(name, now).activity);
  /** Each is `decision position event [status]`. */
  const became = (...lines: readonly string[]) => {
    for (const line of lines) {
      const [decision = '', position, event, status] = line.split(' ');
      const part = status === undefined ? {} : { status: Number(status) };
      calls.became(outcome(decision, Number(position), event as ToldOutcome['event'], part));
    }
  };
  return { directory, agents, calls, state, doing, became };
}

const reserving = (name: string, part: Partial<FollowedCall> = {}): Partial<FollowedCall> => ({
  reserved: { agents: name.split('+'), until: NOW + RESERVED_MS },
  ...part,
});

t.test('an agent is reserved, rings, is in a call and is free again', async (t) => {
  const { calls, state, doing, became } = scene();
  t.same(doing(), ['free', 'free', 'free']);
  calls.decided(followedCall('d1', ['location', 'alice', 'bob'], reserving('alice')));
  t.same(doing(), ['reserved', 'free', 'free']);
  t.match(state('alice'), { call_id: 'd1@phone', offered_at: NOW, idle_since: 0 });
  became('d1 0 failed 503', 'd1 1 ringing');
  t.same(doing(), ['ringing', 'free', 'free']);
  became('d1 1 answered');
  t.same(doing(), ['busy', 'free', 'free']);
  calls.became(outcome('d1', 1, 'ended', { at: NOW + 90_000 }));
  t.same(doing(NOW + 90_000), ['free', 'free', 'free']);
  t.match(state('alice', NOW + 90_000), { idle_since: NOW + 90_000, call_id: null });
});

t.test('a reservation dies by itself', async (t) => {
  const { agents, calls, doing } = scene();
  calls.decided(followedCall('d1', ['alice'], reserving('alice')));
  t.same(doing(NOW + RESERVED_MS - 1), ['reserved', 'free', 'free']);
  t.same(doing(NOW + RESERVED_MS), ['free', 'free', 'free']);
  agents.clear(NOW + RESERVED_MS - 1);
  t.same(doing(), ['reserved', 'free', 'free']);
  agents.clear(NOW + RESERVED_MS);
  t.same(doing(), ['free', 'free', 'free']);
});

t.test('a call that asks again holds one reservation', async (t) => {
  const { calls, doing, became } = scene();
  const call_id = 'same@phone';
  calls.decided(followedCall('d1', ['location', 'alice'], reserving('alice', { call_id })));
  calls.decided(followedCall('d2', ['location', 'bob'], reserving('bob', { call_id })));
  t.same(doing(), ['free', 'reserved', 'free']);
  became('d1 0 failed 503');
  t.same(doing(), ['free', 'reserved', 'free'], 'news of the first do not bring it back');
  calls.decided(followedCall('d3', ['location', 'bob'], reserving('bob', { call_id })));
  t.same(doing(), ['free', 'reserved', 'free']);
  became('d2 0 answered');
  t.same(doing(), ['free', 'reserved', 'free'], 'which is of the latest decision');
  became('d3 0 answered');
  t.same(doing(), ['free', 'free', 'free']);
});

t.test('agents who are to ring together are reserved together', async (t) => {
  const { calls, doing, became } = scene();
  calls.decided(followedCall('d1', ['alice', 'bob', 'carol'], reserving('alice+bob')));
  t.same(doing(), ['reserved', 'reserved', 'free']);
  became('d1 0 ringing');
  t.same(doing(), ['ringing', 'reserved', 'free']);
  became('d1 1 failed 486');
  t.same(doing(), ['ringing', 'free', 'free']);
  const call_id = 'd1@phone';
  calls.decided(followedCall('d2', ['bob', 'carol'], reserving('bob+carol', { call_id })));
  t.same(doing(), ['ringing', 'reserved', 'reserved']);
  calls.decided(followedCall('d3', ['bob', 'carol'], reserving('bob', { call_id })));
  t.same(doing(), ['ringing', 'reserved', 'free'], 'the same call again');
});

t.test('a reservation ends as soon as the agent will not be called', async (t) => {
  const endings: Record<string, string[]> = {
    'the contact center rings': ['d1 0 ringing'],
    'the contact center answers': ['d1 0 answered'],
    'the contact center is busy, which is its word': ['d1 0 failed 486'],
    'the caller has given up': ['d1 0 canceled'],
    'the agent has declined': ['d1 1 failed 603'],
    'no phone of the agent is reached': ['d1 1 failed 477', 'd1 2 failed 408'],
    'somebody else has answered': ['d1 3 answered'],
    'the treatment plays': ['d1 4 ringing'],
  };
  for (const [what, lines] of Object.entries(endings)) {
    const { calls, state, became } = scene();
    calls.decided(
      followedCall('d1', ['location', 'alice', 'alice/2', 'bob', 'treatment'], reserving('alice')),
    );
    became(...lines);
    t.equal(state('alice').activity, 'free', what);
  }
  for (const line of ['d1 0 failed 408', 'd1 0 failed 503', 'd1 1 failed 477', 'd1 3 ringing']) {
    const { calls, state, became } = scene();
    calls.decided(followedCall('d1', ['location', 'alice', 'alice/2', 'bob'], reserving('alice')));
    became(line);
    t.equal(state('alice').activity, 'reserved', `not by ${line}`);
  }
});

t.test('two decisions of one call are two: a contact center that is a proxy calls its agent', async (t) => {
  const { calls, doing, became } = scene();
  const call_id = 'same@phone';
  calls.decided(followedCall('d1', ['location', 'bob'], reserving('bob', { call_id })));
  calls.decided(followedCall('d2', ['alice'], { call_id, kind: 'agent', user: 'alice' }));
  became('d2 0 ringing', 'd1 0 ringing');
  t.same(doing(), ['ringing', 'free', 'free']);
  became('d2 0 answered', 'd1 0 answered');
  t.same(doing(), ['busy', 'free', 'free']);
  became('d1 0 ended');
  t.same(doing(), ['busy', 'free', 'free']);
  became('d2 0 ended');
  t.same(doing(), ['free', 'free', 'free']);
});

t.test('an agent in two calls is busy until both have ended', async (t) => {
  const { calls, state, became } = scene();
  for (const decision of ['d1', 'd2']) calls.decided(followedCall(decision, ['alice']));
  became('d1 0 answered', 'd2 0 answered', 'd1 0 ended');
  t.equal(state('alice').activity, 'busy');
  became('d2 0 ended');
});

t.test('agents who ring together: who answers is busy, the others are free', async (t) => {
  const { calls, doing, became } = scene();
  calls.decided(followedCall('d1', ['alice', 'bob', 'carol'], reserving('alice')));
  became('d1 1 ringing', 'd1 2 ringing');
  t.same(doing(), ['reserved', 'ringing', 'ringing']);
  became('d1 1 answered', 'd1 2 canceled');
  t.same(doing(), ['free', 'busy', 'free']);
});

t.test('who did not answer, or was not reached, is put last for a while', async (t) => {
  const cases: readonly [string[], string | null][] = [
    [['d1 0 ringing', 'd1 0 failed 408'], 'no_answer'],
    [['d1 0 failed 480'], 'no_answer'],
    [['d1 0 failed 486'], 'no_answer'],
    [['d1 0 failed 603'], 'no_answer'],
    [['d1 0 failed 503'], 'unreachable'],
    [['d1 0 failed 408', 'd1 1 failed 477'], 'unreachable'],
    [['d1 0 failed 408'], null],
    [['d1 0 failed 477', 'd1 1 ringing'], null],
    [['d1 0 failed 477', 'd1 1 ringing', 'd1 1 failed 408'], 'no_answer'],
    [['d1 0 failed 477', 'd1 1 answered', 'd1 1 ended'], null],
    [['d1 0 ringing', 'd1 0 canceled'], null],
    [['d1 0 failed 487'], null],
    [['d1 0 failed 408', 'd1 0 ringing'], 'no_answer'],
  ];
  for (const [lines, code] of cases) {
    const { calls, state, became } = scene();
    calls.decided(followedCall('d1', ['alice', 'alice/2', 'bob']));
    became(...lines);
    const { put_last } = state('alice');
    t.same(put_last, code === null ? null : { until: NOW + PUT_LAST_MS, code }, lines.join(', '));
    t.equal(state('alice', NOW + PUT_LAST_MS).put_last, null);
    t.equal(state('bob').put_last, null);
  }
});

t.test('who takes a call again is no longer put last', async (t) => {
  const { calls, state, became } = scene();
  for (const decision of ['d1', 'd2', 'd3', 'd4']) calls.decided(followedCall(decision, ['alice']));
  became('d1 0 failed 477', 'd2 0 ringing');
  t.equal(state('alice').put_last, null, 'a phone that rings is reached');
  became('d2 0 failed 408', 'd3 0 ringing');
  t.match(state('alice').put_last, { code: 'no_answer' });
  became('d3 0 answered');
  t.equal(state('alice').put_last, null);
  became('d2 0 ended', 'd3 0 ended');
  t.equal(state('alice').put_last, null, 'what is old stays forgotten');
});

t.test('a call whose end is never told does not last for ever', async (t) => {
  const { agents, calls, doing, state, became } = scene();
  calls.decided(followedCall('d1', ['alice']));
  calls.decided(followedCall('d2', ['bob']));
  became('d1 0 answered', 'd2 0 ringing');
  t.same(doing(NOW + 180_000), ['busy', 'free', 'free']);
  t.same(doing(NOW + BUSY_MS), ['free', 'free', 'free']);
  t.equal(state('alice', NOW + BUSY_MS + 5).idle_since, NOW + BUSY_MS);
  agents.clear(NOW + BUSY_MS + 5);
  t.equal(state('alice', NOW + BUSY_MS + 5).idle_since, NOW + BUSY_MS);
});

t.test(
  'a call is proved by the registration of the phone that answered, for as long as that was granted for',
  async (t) => {
    const { directory, calls, state, doing, became } = scene();
    const phone = (part: Partial<Endpoint> = {}) =>
      endpoint('alice', { contact: 'sip:alice@10.0.0.1:5062', ...part });
    const key = phone().key;
    directory.putEndpoint(phone());
    calls.decided(followedCall('d1', ['alice']));
    became('d1 0 answered');
    t.match(state('alice', NOW + 299_999), { activity: 'busy', unproved: false });
    directory.putEndpoint(phone({ expires_at: NOW + 600_000 }));
    t.match(
      state('alice', NOW + 300_000),
      { activity: 'busy', unproved: true },
      'a refresh proves nothing more',
    );
    t.match(state('alice', NOW + BUSY_MS), { activity: 'free', unproved: false });
    directory.putEndpoint(phone({ registered_at: NOW + 1 }));
    t.match(state('alice', NOW + 2), { unproved: true }, 'a phone that registers anew has lost its call');
    directory.removeEndpoint(DOMAIN, 'alice', key);
    t.match(state('alice'), { unproved: true }, 'so has one that has left');
    directory.putEndpoint(phone());
    t.match(state('alice'), { unproved: false });

    calls.decided(followedCall('d2', ['alice'], reserving('alice')));
    t.match(state('alice', NOW + 1), { activity: 'busy', unproved: false });
    directory.removeEndpoint(DOMAIN, 'alice', key);
    t.match(state('alice', NOW + 1), { activity: 'reserved', unproved: true, call_id: 'd2@phone' });
    became('d2 0 answered', 'd1 0 ended');
    t.same(doing(), ['busy', 'free', 'free']);
  },
);

t.test('who answers another call is not in one any more that could not be proved then', async (t) => {
  const { directory, calls, state, doing } = scene();
  directory.putEndpoint(endpoint('alice', { contact: 'sip:alice@10.0.0.1:5062', expires_at: NOW + BUSY_MS }));
  const [lost, later] = [NOW + 300_000, NOW + 400_000];
  for (const id of ['d1', 'd2', 'd3']) calls.decided(followedCall(id, ['alice']));
  calls.became(outcome('d1', 0, 'answered'));
  calls.became(outcome('d2', 0, 'answered', { at: lost - 1 }));
  calls.became(outcome('d2', 0, 'ended', { at: lost - 1 }));
  t.match(state('alice', lost), { activity: 'busy', unproved: true }, 'while it was proved there were two');
  calls.became(outcome('d3', 0, 'answered', { at: later }));
  t.match(state('alice', later), { activity: 'busy', unproved: false, call_id: 'd3@phone' });
  calls.became(outcome('d3', 0, 'ended', { at: later + 1 }));
  t.same(doing(later + 1), ['free', 'free', 'free']);
  t.match(state('alice', later + 1), { unproved: false, call_id: null, idle_since: later + 1 });
});

t.test('at a fixed contact nobody registers: an hour is believed', async (t) => {
  const { directory, calls, state, became } = scene();
  const uri = 'sip:alice@10.0.0.1:5062';
  const agents = [agent('alice', { sales: 1 }, { contacts: [{ uri, when: 'always' }] })];
  directory.putContactCenter(contactCenter({ agents }));
  calls.decided(followedCall('d1', ['alice']));
  became('d1 0 answered');
  t.equal(state('alice', NOW + 3_599_999).unproved, false);
  t.equal(state('alice', NOW + 3_600_000).unproved, true);
});

t.test('property: nobody stays out of all calls for longer than a registration proves', async (t) => {
  const lossy = anyCalls.chain((calls) =>
    fc.shuffledSubarray(calls.flatMap(({ told }) => told)).map((told) => ({ calls, told })),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(lossy, fc.integer({ min: 1, max: 7_200 }), ({ calls, told }, expires) => {
        const { directory, calls: live, state } = scene();
        for (const name of NAMES)
          for (const nth of [1, 2])
            directory.putEndpoint(
              endpoint(name, {
                contact: `sip:${name}@10.0.0.${nth}:5062`,
                expires,
                expires_at: NOW + BUSY_MS,
              }),
            );
        for (const { call } of calls) live.decided(call);
        for (const one of told) live.became(one);
        const at = NOW + expires * 1_000;
        return NAMES.every((name) => {
          const { activity, unproved } = state(name, at);
          return activity !== 'busy' || unproved;
        });
      }),
    ),
  );
});

t.test(
  'two who answer at once are two calls: each ends by itself, in whatever order that is told',
  async (t) => {
    for (const lines of [
      ['d1 0 answered', 'd1 1 answered', 'd1 1 ended'],
      ['d1 1 ended', 'd1 1 answered', 'd1 0 answered'],
      ['d1 1 answered', 'd1 1 ended', 'd1 0 answered'],
    ]) {
      const { calls, doing, became } = scene();
      calls.decided(followedCall('d1', ['alice', 'bob'], reserving('alice+bob')));
      became('d1 0 ringing', 'd1 1 ringing', ...lines);
      t.same(doing(), ['busy', 'free', 'free'], lines.join());
      became('d1 0 ended');
      t.same(doing(), ['free', 'free', 'free'], lines.join());
    }
  },
);

t.test('what a node has lost is forgotten', async (t) => {
  const { directory, calls, doing, state, became } = scene();
  directory.putEndpoint(endpoint('carol', { contact: 'sip:carol@10.0.0.1:5062' }));
  calls.decided(followedCall('d1', ['alice']));
  calls.decided(followedCall('d2', ['bob'], reserving('bob')));
  calls.decided(followedCall('d3', ['carol'], { node: 'reg2' }));
  became('d1 0 answered', 'd3 0 answered');
  calls.decided(followedCall('d4', ['carol'], reserving('carol', { at: NOW + 500 })));
  calls.forget('reg1', NOW + 500, NOW + 1_000);
  t.same(doing(), ['free', 'free', 'busy']);
  became('d3 0 ended');
  t.same(doing(), ['free', 'free', 'reserved'], 'not what it has taken since');
  t.equal(state('alice').idle_since, NOW + 1_000);
});

t.test('who is no longer provisioned is forgotten', async (t) => {
  const { agents, calls, directory, state, became } = scene();
  calls.decided(followedCall('d1', ['alice', 'bob']));
  became('d1 0 failed 480', 'd1 1 answered', 'd1 1 ended');
  directory.putContactCenter(contactCenter({ agents: [agent('bob')] }));
  agents.clear(NOW);
  t.equal(state('alice').put_last, null);
  t.equal(state('bob').idle_since, NOW);
});

t.test('agents of different contact centers with one name are two', async (t) => {
  const { agents, calls, state, became } = scene();
  calls.decided(followedCall('d1', ['alice'], { domain: 'other.example.com' }));
  became('d1 0 answered');
  t.equal(state('alice').activity, 'free');
  t.equal(agents.of('other.example.com', 'alice', NOW).activity, 'busy');
});

const PHONES = ['location', 'alice', 'bob', 'carol', 'alice/2', 'treatment'];

/** What a script tells of one call that is over: some targets fail, then one is answered and hung up, or the caller gives up. */
const anyCall = (decision: string): fc.Arbitrary<{ call: FollowedCall; told: ToldOutcome[] }> =>
  fc
    .record({
      phones: fc.shuffledSubarray(PHONES, { minLength: 1 }),
      statuses: fc.array(fc.constantFrom(408, 477, 480, 486, 503), { minLength: 6, maxLength: 6 }),
      rings: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      end: fc.constantFrom('failed', 'canceled', 'ended'),
      tried: fc.integer({ min: 1, max: 6 }),
      call_id: fc.constantFrom('one', 'two', 'three'),
      reserves: fc.boolean(),
    })
    .map(({ phones, statuses, rings, end, tried, call_id, reserves }) => {
      const first = phones.filter((phone) => NAMES.includes(phone)).slice(0, 2);
      const reserved = reserves && first.length > 0 ? reserving(first.join('+')) : {};
      const last = Math.min(tried, phones.length) - 1;
      const told = phones.flatMap((_, i) => {
        const ringing = rings[i] ? [outcome(decision, i, 'ringing')] : [];
        const failed = outcome(decision, i, 'failed', { status: statuses[i] ?? 408 });
        if (end === 'failed' || i < last) return [...ringing, failed];
        if (i > last) return [];
        if (end === 'canceled') return [...ringing, outcome(decision, i, 'canceled')];
        return [...ringing, outcome(decision, i, 'answered'), outcome(decision, i, 'ended')];
      });
      return { call: followedCall(decision, phones, { call_id, ...reserved }), told };
    });
const anyCalls = fc.tuple(...['d1', 'd2', 'd3', 'd4'].map(anyCall));

t.test('property: when all calls are over everybody is free, in whatever order that was told', async (t) => {
  const muddle = anyCalls.chain((calls) => {
    const told = calls.flatMap((one) => one.told);
    return fc.record({
      calls: fc.constant(calls.map(({ call }) => call)),
      // Some of it twice.
      told: fc.shuffledSubarray([...told, ...told], { minLength: told.length * 2 }),
    });
  });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(muddle, ({ calls, told }) => {
        const { agents, calls: live, doing } = scene();
        for (const call of calls) live.decided(call);
        for (const one of told) live.became(one);
        // Only a reservation may be left, of a call whose agents were never tried.
        const left = doing().every((activity) => activity === 'free' || activity === 'reserved');
        agents.clear(NOW + RESERVED_MS);
        return left && doing(NOW + RESERVED_MS).every((activity) => activity === 'free');
      }),
    ),
  );
});

t.test('property: what agents do does not depend on the order in which it was told', async (t) => {
  const partial = anyCalls.chain((calls) => {
    const told = calls.flatMap((one) => one.told);
    return fc.shuffledSubarray(told).chain((some) =>
      fc.record({
        calls: fc.constant(calls.map(({ call }) => call)),
        some: fc.constant(some),
        others: fc.shuffledSubarray(some, { minLength: some.length }),
      }),
    );
  });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(partial, ({ calls, some, others }) => {
        const [doing, other] = [some, others].map((told) => {
          const { calls: live, doing } = scene();
          for (const call of calls) live.decided(call);
          for (const one of told) live.became(one);
          return doing().join();
        });
        return doing === other;
      }),
      { numRuns: 500 },
    ),
  );
});

t.test('property: nobody stays anything but free for ever, whatever is lost', async (t) => {
  const lossy = anyCalls.chain((calls) =>
    fc.record({
      calls: fc.shuffledSubarray(calls.map(({ call }) => call)),
      told: fc.shuffledSubarray(calls.flatMap((one) => one.told)),
      early: fc.boolean(),
    }),
  );
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(lossy, ({ calls, told, early }) => {
        const { agents, calls: live, doing } = scene();
        if (early) for (const one of told) live.became(one);
        for (const call of calls) live.decided(call);
        for (const one of told) live.became(one);
        const before = doing(NOW + BUSY_MS).every((activity) => activity === 'free');
        agents.clear(NOW + BUSY_MS);
        return before && doing().every((activity) => activity === 'free');
      }),
    ),
  );
});

import fc from 'fast-check';
import t from 'tap';
import type { ContactCenter } from '../../src/directory/contact-center.js';
import type { Endpoint } from '../../src/directory/endpoint.js';
import { decide } from '../../src/invite/decide.js';
import type { Situation } from '../../src/invite/situation.js';
import type { Override } from '../../src/live/override.js';
import type { Standing } from '../../src/live/standing.js';
import {
  agent,
  contactCenter,
  DOMAIN,
  endpoint,
  NOW,
  skillset,
  treatment,
} from '../support/contact-center.js';
import { situationOf } from '../support/situation.js';

const FIRST = 'sip:192.0.2.10:5060';
const SECOND = 'sip:192.0.2.20:5060';
const DOWN: Standing = { state: 'down', share: 0, since: NOW, code: 'calls_failed', because: 'silent' };

const center = (part: Partial<ContactCenter> = {}) =>
  contactCenter({
    locations: [
      { uri: FIRST, priority: 1, fr_timer_ms: 2_000 },
      { uri: SECOND, priority: 2, fr_timer_ms: 2_000 },
    ],
    agents: [agent('alice', { sales: 1 }), agent('bob', { sales: 2 })],
    ...part,
  });
const PHONES = [endpoint('alice'), endpoint('bob', { contact: 'sip:bob@10.0.0.8:5062' })];

const override = (part: Partial<Override>): Override => ({
  id: '0192f3a4-5b6c-7d8e-9f00-112233445566',
  domain: DOMAIN,
  kind: 'bypass',
  skillset: null,
  location: null,
  agent: null,
  caller: null,
  address: null,
  reason: 'maintenance',
  by: 'night shift',
  created_at: NOW,
  expires_at: NOW + 60_000,
  ...part,
});

/** `role` or agent, in order, with the code where it isn't the usual one. */
const called = (situation: Situation) =>
  decide(situation).targets.map(({ role, agent, uri, code }) => {
    const what = agent ?? (role === 'contact_center' ? uri : role);
    return ['healthy', 'free', 'treatment', 'own'].includes(code) ? what : `${what} ${code}`;
  });
const left = (situation: Situation) =>
  decide(situation).out.map(({ agent, uri, code }) => `${agent ?? uri} ${code}`);

t.test('B3, B4: the contact center, the agents by level, the treatment', async (t) => {
  const situation = situationOf(center(), 'sales', PHONES);
  t.same(called(situation), [FIRST, SECOND, 'alice', 'bob', 'treatment']);
  const { bypass, drill, reserved } = decide(situation);
  t.same({ bypass, drill }, { bypass: false, drill: false });
  t.same(reserved, { agents: ['alice'], until: NOW + 3 * 2_000 + 15_000 });
});

t.test(
  'a location that is down goes behind the agents, or out; another that is up comes first',
  async (t) => {
    const one = situationOf(center(), 'sales', PHONES, { standings: { [FIRST]: DOWN } });
    t.same(called(one), [SECOND, 'alice', 'bob', `${FIRST} calls_failed`, 'treatment']);
    t.equal(decide(one).bypass, false);
    const both = { standings: { [FIRST]: DOWN, [SECOND]: DOWN } };
    const all = situationOf(center(), 'sales', PHONES, both);
    t.same(called(all), ['alice', 'bob', `${FIRST} calls_failed`, `${SECOND} calls_failed`, 'treatment']);
    t.equal(decide(all).bypass, true);
    const out = situationOf(center({ when_down: 'out' }), 'sales', PHONES, both);
    t.same(called(out), ['alice', 'bob', 'treatment']);
    t.same(left(out), [`sip:sales@192.0.2.10:5060 calls_failed`, 'sip:sales@192.0.2.20:5060 calls_failed']);
  },
);

t.test('what gives no answer to probes does not keep the caller from the treatment', async (t) => {
  const silent: Standing = { ...DOWN, code: 'probe_failed' };
  const standings = { [FIRST]: silent, [SECOND]: DOWN };
  const nobody = situationOf(center(), 'sales', [], { standings });
  t.same(called(nobody), [`${SECOND} calls_failed`, 'treatment']);
  const without = center({ skillsets: [skillset('sales', { treatment: null })] });
  t.same(
    called(situationOf(without, 'sales', [], { standings })),
    [`${FIRST} probe_failed`, `${SECOND} calls_failed`],
    'where there is none, it is better than nobody',
  );
});

t.test('on the way back it gets its share of calls, each by its own Call-ID', async (t) => {
  const ramping: Standing = { ...DOWN, state: 'returning', share: 30, code: 'ramping' };
  const first = (call_id: string) =>
    called(situationOf(center(), 'sales', PHONES, { call_id, standings: { [FIRST]: ramping } }))[0];
  const ids = Array.from({ length: 1_000 }, (_, i) => `call-${i}@carrier`);
  const back = ids.filter((id) => first(id) === `${FIRST} ramping`);
  t.ok(back.length > 230 && back.length < 370, `${back.length} of 1000`);
  t.equal(first(back[0] ?? ''), `${FIRST} ramping`, 'the same call again');
});

t.test('an operator decides', async (t) => {
  const ordered = (...overrides: Override[]) => called(situationOf(center(), 'sales', PHONES, { overrides }));
  t.same(ordered(override({})), [
    'alice',
    'bob',
    `${FIRST} forced_bypass`,
    `${SECOND} forced_bypass`,
    'treatment',
  ]);
  t.same(ordered(override({ kind: 'drain', location: FIRST })), [SECOND, 'alice', 'bob', 'treatment']);
  t.same(ordered(override({ skillset: 'support' })), [FIRST, SECOND, 'alice', 'bob', 'treatment']);
  const down = { standings: { [FIRST]: DOWN }, overrides: [override({ kind: 'normal' })] };
  t.same(called(situationOf(center(), 'sales', PHONES, down)).slice(0, 2), [
    `${FIRST} forced_normal`,
    `${SECOND} forced_normal`,
  ]);
  t.match(
    called(
      situationOf(center(), 'sales', PHONES, {
        ...down,
        overrides: [override({ kind: 'normal' }), override({ skillset: 'sales' })],
      }),
    )[0],
    'alice',
    'the narrower order counts',
  );
});

t.test('a drill is of the one call', async (t) => {
  const drilled = situationOf(center(), 'sales', PHONES, { drill: true });
  t.same(called(drilled).slice(0, 2), ['alice', 'bob']);
  t.same([decide(drilled).drill, decide(drilled).bypass], [true, true]);
  const overrides = [override({ kind: 'drill', caller: 'sip:tester@example.net' })];
  const by = (caller: string) => decide(situationOf(center(), 'sales', PHONES, { caller, overrides })).drill;
  t.equal(by('sip:tester@example.net'), true);
  t.equal(by('sip:customer@example.net'), false);
});

t.test('a call of the contact center never goes back to it', async (t) => {
  const own = situationOf(center(), 'alice', PHONES, { fromContactCenter: true });
  t.same(called(own), ['alice']);
  t.same(left(own), ['sip:alice@192.0.2.10:5060 loop', 'sip:alice@192.0.2.20:5060 loop']);
  t.equal(decide(own).bypass, false);
  t.same(called(situationOf(center(), 'sales', PHONES, { fromContactCenter: true })), [
    'alice',
    'bob',
    'treatment',
  ]);
});

t.test('who is busy, paused or not registered is not called, and it is said', async (t) => {
  const three = center({ agents: ['alice', 'bob', 'carol', 'dave'].map((name) => agent(name)) });
  const situation = situationOf(
    three,
    'sales',
    [...PHONES, endpoint('carol', { contact: 'sip:c@10.0.0.9' })],
    {
      states: { alice: { activity: 'busy' } },
      overrides: [override({ kind: 'pause', agent: 'bob', reason: 'lunch' })],
    },
  );
  t.same(called(situation), [FIRST, SECOND, 'carol', 'treatment']);
  t.same(left(situation).sort(), ['alice busy', 'bob paused', 'dave not_registered']);
  t.same(
    called(situationOf(three, 'alice', PHONES, { states: { alice: { activity: 'busy' } } })),
    [FIRST, SECOND, 'alice'],
    "on the agent's own address the phone decides",
  );
});

t.test('a phone that is held past its expiry is said to be', async (t) => {
  const held = [endpoint('alice', { held_since: NOW })];
  for (const user of ['sales', 'alice']) {
    const reasons = decide(situationOf(center(), user, held)).targets.map(({ because }) => because);
    t.match(reasons[2], /, held past its expiry$/, user);
  }
});

t.test('fixed contacts come after the endpoints, some in a bypass only', async (t) => {
  const contacts = [
    { uri: 'sip:+14155550100@trunk.example.net', when: 'always' as const },
    { uri: 'sip:+14155550101@trunk.example.net', when: 'bypass' as const },
  ];
  const of = center({ agents: [agent('alice', { sales: 1 }, { contacts })] });
  const uris = (situation: Situation) =>
    decide(situation)
      .targets.filter(({ role }) => role === 'agent')
      .map(({ uri }) => uri);
  t.same(uris(situationOf(of, 'sales', [endpoint('alice')])), [
    'sip:alice@10.0.0.7:5062',
    'sip:+14155550100@trunk.example.net',
  ]);
  const bypass = { overrides: [override({})] };
  t.same(
    uris(situationOf(of, 'sales', [], bypass)),
    contacts.map(({ uri }) => uri),
  );
  t.same(left(situationOf(of, 'sales', [])), ['alice only_in_bypass']);
  const blocks = decide(situationOf(of, 'sales', PHONES, bypass)).targets.map(({ block }) => block);
  t.equal(
    new Set(blocks.slice(0, 3)).size,
    3,
    'each is tried for itself when the agent does not take the call',
  );
});

t.test('no place is tried twice, and the treatment stays last', async (t) => {
  const moh = 'sip:moh@192.0.2.30:5070';
  const same = [endpoint('alice', { contact: moh }), endpoint('bob')];
  t.same(called(situationOf(center(), 'sales', same)), [FIRST, SECOND, 'bob', 'treatment']);
  const flows = ['<sip:edge1.example.com;lr>', '<sip:edge2.example.com;lr>'].map((path, i) =>
    endpoint('alice', { path, instance: '<urn:uuid:0>', reg_id: i + 1 }),
  );
  t.same(called(situationOf(center(), 'sales', flows)), [FIRST, SECOND, 'alice', 'alice', 'treatment']);
});

const NAMES = Array.from({ length: 8 }, (_, i) => `agent${i}`);
const anySituation = fc
  .record({
    locations: fc.integer({ min: 1, max: 3 }),
    shares: fc.array(fc.constantFrom(0, 10, 100), { minLength: 3, maxLength: 3 }),
    when_down: fc.constantFrom('behind' as const, 'out' as const),
    order: fc.constantFrom(
      'priority' as const,
      'skill_level' as const,
      'longest_idle' as const,
      'round_robin' as const,
      'weighted' as const,
      'simultaneous' as const,
    ),
    phones: fc.uniqueArray(
      fc.record({ name: fc.constantFrom(...NAMES), host: fc.integer({ min: 1, max: 5 }) }),
      { selector: ({ name, host }) => `${name} ${host}`, maxLength: 12 },
    ),
    levels: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 8, maxLength: 8 }),
    activities: fc.array(
      fc.constantFrom('free' as const, 'reserved' as const, 'ringing' as const, 'busy' as const),
      {
        minLength: 8,
        maxLength: 8,
      },
    ),
    idle: fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 8, maxLength: 8 }),
    user: fc.constantFrom('sales', 'agent0', 'hold-music'),
    fromContactCenter: fc.boolean(),
    drill: fc.boolean(),
    call_id: fc.string({ maxLength: 10 }),
    max_branches: fc.integer({ min: 3, max: 31 }),
    patience: fc.integer({ min: 10, max: 600 }),
  })
  .map((any) => {
    const uris = [FIRST, SECOND, 'sip:192.0.2.21:5060'].slice(0, any.locations);
    const of = contactCenter({
      locations: uris.map((uri, i) => ({ uri, priority: i + 1, fr_timer_ms: 2_000 })),
      treatments: [treatment()],
      skillsets: [skillset('sales', { order: any.order })],
      agents: NAMES.map((name, i) => agent(name, { sales: any.levels[i] as number })),
      when_down: any.when_down,
      caller_patience_seconds: any.patience,
    });
    const phones: Endpoint[] = any.phones.map(({ name, host }) =>
      endpoint(name, { contact: `sip:phone@10.0.0.${host}`, instance: `<urn:uuid:${name}-${host}>` }),
    );
    const states = Object.fromEntries(
      NAMES.map((name, i) => [
        name,
        {
          activity: any.activities[i] as 'free',
          idle_since: NOW - (any.idle[i] as number),
          call_id: 'another',
        },
      ]),
    );
    const standings = Object.fromEntries(
      uris.map((uri, i) => [uri, { ...DOWN, state: 'returning' as const, share: any.shares[i] as number }]),
    );
    const { max_branches, user, fromContactCenter, drill, call_id } = any;
    return situationOf(of, user, phones, {
      ...{ standings, states, fromContactCenter, drill, call_id },
      limits: { max_branches, max_inv_lifetime_ms: 180_000 },
    });
  });

t.test(
  'property: the treatment is never lost, no target is there twice, everybody is accounted for',
  async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(anySituation, (situation) => {
          const { targets, out, bypass } = decide(situation);
          const places = targets.map(({ contact, path, received }) => `${contact} ${path} ${received}`);
          const ways = situation.agents.flatMap((one) => one.ways).length;
          const candidates = ways + situation.locations.length + Number(situation.treatment !== null);
          const nobody = out.filter(({ code }) => ['not_registered'].includes(code)).length;
          const unused = out.filter(({ code }) => ['busy', 'paused'].includes(code));
          const theirs = situation.agents
            .filter(({ agent }) => unused.some((one) => one.agent === agent))
            .flatMap((one) => one.ways).length;
          return (
            new Set(places).size === places.length &&
            (situation.treatment === null || targets.at(-1)?.role === 'treatment') &&
            targets.length <= Math.max(situation.limits.max_branches - 1, 2) &&
            targets.length + out.length - nobody - unused.length + theirs === candidates &&
            !(
              situation.from_contact_center &&
              (bypass || targets.some(({ role }) => role === 'contact_center'))
            )
          );
        }),
        { numRuns: 500 },
      ),
    );
  },
);

t.test(
  'property: total and stable: what is known of the agents may come in any order, and through JSON',
  async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(anySituation, fc.nat(), (situation, seed) => {
          const agents = [...situation.agents].sort(
            (a, b) =>
              ((a.agent.charCodeAt(5) * (seed + 7)) % 11) - ((b.agent.charCodeAt(5) * (seed + 7)) % 11),
          );
          const again = JSON.parse(JSON.stringify({ ...situation, agents })) as Situation;
          return JSON.stringify(decide(again).targets) === JSON.stringify(decide(situation).targets);
        }),
        { numRuns: 500 },
      ),
    );
  },
);

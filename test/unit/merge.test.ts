import fc from 'fast-check';
import t from 'tap';
import { begun, type CallProgress, type TargetProgress } from '../../src/live/call-progress.js';
import { type Health, WELL } from '../../src/live/health-machine.js';
import {
  type Marks,
  mergedCalls,
  mergedHealth,
  mergedMarks,
  mergedProbe,
  mergedReturn,
} from '../../src/live/merge.js';
import type { NodeProbe } from '../../src/live/probes.js';
import type { Return } from '../../src/live/waiting-callers.js';
import { decode, encode } from '../../src/share/entry.js';
import { partsOf, stateOf } from '../../src/share/state.js';
import { followedCall } from '../support/followed-call.js';

const time = fc.integer({ min: 1, max: 20 });
const timeOrNull = fc.option(time);

const targets: fc.Arbitrary<TargetProgress> = fc
  .record({
    ...{ ringing: timeOrNull, answered: timeOrNull, canceled: timeOrNull, ended: timeOrNull },
    failure: fc.option(
      fc.record({ failed: time, status: fc.constantFrom(408, 486, 503), silent: fc.boolean() }),
    ),
  })
  .map(({ failure, ...rest }) => ({ ...rest, failed: null, status: null, silent: false, ...failure }));

const CALL = { ...followedCall('one', ['location', 'alice']), reserved: { agents: ['alice'], until: 9 } };
const calls: fc.Arbitrary<CallProgress> = fc
  .tuple(fc.boolean(), fc.array(targets, { minLength: 2, maxLength: 2 }))
  .map(([forgotten, targets]) => ({ call: forgotten ? { ...CALL, reserved: null } : CALL, targets }));

const marks: fc.Arbitrary<Marks> = fc.record({
  idle_since: time,
  offered_at: time,
  put_last: fc.option(
    fc.record({ until: time, code: fc.constantFrom('no_answer' as const, 'unreachable' as const) }),
  ),
});

const states: readonly Pick<Health, 'state' | 'code'>[] = [
  { state: 'up', code: 'healthy' },
  { state: 'suspect', code: 'call_failed' },
  { state: 'down', code: 'calls_failed' },
  { state: 'down', code: 'probe_failed' },
  { state: 'returning', code: 'on_hold' },
  { state: 'returning', code: 'ramping' },
];
const machines: fc.Arbitrary<Health> = fc
  .record({
    standing: fc.constantFrom(...states),
    ...{ since: time, failed_at: time, fell_at: time, seen: time, hold_ms: time, falls: time },
    calls: fc.array(fc.record({ call: fc.constantFrom('a', 'b'), failed: fc.boolean(), at: time }), {
      maxLength: 2,
    }),
    probes: fc.constantFrom('up' as const, 'down' as const, 'nothing' as const),
  })
  .map(({ standing, ...rest }) => ({ ...WELL, ...rest, ...standing }));

const probes: fc.Arbitrary<NodeProbe> = fc.record({
  node: fc.constant('reg1'),
  state: fc.constantFrom('up' as const, 'down' as const, 'silent' as const),
  since: time,
  heard_at: time,
});
const returns: fc.Arbitrary<Return | null> = fc.option(
  fc.record({ decision: fc.constantFrom('x', 'y'), agent: fc.constantFrom('alice', 'bob'), until: time }),
);

/** Whoever says what first, and however often: always the same comes. */
function alwaysTheSame<T>(what: string, parts: fc.Arbitrary<T>, merged: (a: T, b: T) => T): void {
  t.test(what, async (t) => {
    fc.assert(
      fc.property(parts, parts, parts, (a, b, c) => {
        const same = (x: T, y: T) => JSON.stringify(x) === JSON.stringify(y);
        return (
          same(merged(a, b), merged(b, a)) &&
          same(merged(a, a), a) &&
          same(merged(merged(a, b), c), merged(a, merged(b, c))) &&
          same(merged(merged(a, b), b), merged(a, b))
        );
      }),
      { numRuns: 1_000 },
    );
    t.pass();
  });
}

alwaysTheSame('what became of a call', calls, mergedCalls);
alwaysTheSame('what is remembered of an agent', marks, mergedMarks);
alwaysTheSame('how a place stands', machines, mergedHealth);
alwaysTheSame('what a node says', probes, mergedProbe);
alwaysTheSame('who is called for a caller on hold', returns, mergedReturn);

t.test('the later news of a place counts', async (t) => {
  const down: Health = {
    ...WELL,
    state: 'down',
    code: 'calls_failed',
    since: 5,
    failed_at: 8,
    fell_at: 5,
    seen: 9,
  };
  const back: Health = { ...down, state: 'returning', code: 'on_hold', since: 12, seen: 12 };
  t.equal(mergedHealth(down, { ...WELL, seen: 100 }), down);
  t.equal(mergedHealth(down, back), back);
  t.equal(mergedHealth(back, { ...down, failed_at: 13 }).state, 'down');
});

t.test('the state goes through the log as it is', async (t) => {
  const state = {
    calls: Array.from({ length: 250 }, (_, i) => begun(followedCall(`${i}`, ['location', 'alice']))),
    agents: [{ domain: 'd', agent: 'alice', idle_since: 1, offered_at: 2, put_last: null }],
    health: [
      { domain: 'd', uri: 'sip:a', user: null, health: { ...WELL, state: 'suspect' as const, since: 3 } },
    ],
    probes: [{ place: 'p', node: 'reg1', state: 'up' as const, since: 1, heard_at: 2 }],
    waiting: [
      {
        ...{ call: followedCall('w', ['treatment']), hold: { transaction: '1:2', branches_left: 3 } },
        ...{ since: 1, until: 9, tried: new Map([['alice', 4]]), branches_left: 2, attempt: null },
      },
    ],
  };
  const parts = [...partsOf(state)];
  t.equal(parts.length, 3 + 4, 'a hundred in one');
  const read = parts.map((part) => {
    const decoded = decode(encode(part, 'x', 1));
    if (decoded.is !== 'entry' || decoded.entry.kind !== 'state') throw new Error(JSON.stringify(decoded));
    return stateOf(decoded.entry);
  });
  t.same(
    read.flatMap(({ calls }) => [...calls]),
    state.calls,
  );
  t.same(
    read.flatMap(({ agents }) => [...agents]),
    state.agents,
  );
  t.same(
    read.flatMap(({ health }) => [...health]),
    state.health,
  );
  t.same(
    read.flatMap(({ probes }) => [...probes]),
    state.probes,
  );
  t.same(
    read.flatMap(({ waiting }) => [...waiting]),
    state.waiting,
  );
});

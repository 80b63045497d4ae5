import fc from 'fast-check';
import t from 'tap';
import { HEALTH, type HealthPolicy } from '../../src/directory/contact-center.js';
import {
  type Evidence,
  type Health,
  hasFallen,
  holdUntil,
  isForgettable,
  standingOf,
  step,
  WELL,
} from '../../src/live/health-machine.js';
import type { HealthState } from '../../src/live/standing.js';
import { NOW } from '../support/contact-center.js';

const S = 1_000;
let calls = 0;
const failed = (): Evidence => ({ kind: 'failed', call: `${calls++}` });
const succeeded = (): Evidence => ({ kind: 'succeeded', call: `${calls++}` });
const probes = (say: 'up' | 'down' | 'nothing'): Evidence => ({ kind: 'probes', say });
const after = (health: Health, now: number, ...evidence: Evidence[]) =>
  evidence.reduce((before, one) => step(before, HEALTH, one, now), health);
const stands = (health: Health, now: number, policy = HEALTH) => standingOf(health, policy, now);
/** Fallen by two calls that failed. */
const down = (now = NOW) => after(WELL, now, failed(), failed());

t.test('one failure makes it suspect, and it keeps its calls', async (t) => {
  const health = after(WELL, NOW, failed());
  t.match(stands(health, NOW), { state: 'suspect', share: 100, since: NOW, code: 'call_failed' });
  t.equal(stands(health, NOW).because, '1 of the last 1 calls failed');
  t.equal(stands(health, NOW + 30 * S).state, 'up', 'the window is over');
  t.equal(
    after(health, NOW + S, succeeded(), succeeded(), succeeded()).state,
    'up',
    'the last calls succeeded',
  );
});

t.test('two failures of the last three make it down', async (t) => {
  t.match(stands(down(), NOW), { state: 'down', share: 0, since: NOW, code: 'calls_failed' });
  t.equal(stands(down(), NOW).because, '2 of the last 2 calls failed');
  t.equal(after(WELL, NOW, failed(), succeeded(), failed()).state, 'down');
  t.equal(after(WELL, NOW, failed(), succeeded(), succeeded(), failed()).state, 'suspect');
  t.equal(step(after(WELL, NOW, failed()), HEALTH, failed(), NOW + 30 * S).state, 'suspect', 'too far apart');
});

t.test('the last word on a call counts', async (t) => {
  const first: Evidence = { kind: 'failed', call: 'a' };
  t.equal(after(WELL, NOW, first, first).state, 'suspect', 'told twice');
  const rang: Evidence = { kind: 'succeeded', call: 'b' };
  t.equal(after(WELL, NOW, first, rang, { kind: 'failed', call: 'b' }).state, 'down', 'it rang, then failed');
});

t.test('told by nobody it comes back by hold and ramp, counted from the last failure', async (t) => {
  const health = after(down(), NOW + 10 * S, failed());
  t.equal(holdUntil(health), NOW + 130 * S);
  t.match(stands(health, NOW + 130 * S - 1), { state: 'down', share: 0 });
  t.match(stands(health, NOW + 130 * S), { state: 'returning', share: 10, code: 'ramping' });
  t.match(stands(health, NOW + 160 * S), { share: 55, because: 'it comes back: 55 % of calls' });
  t.match(stands(health, NOW + 190 * S), { state: 'up', share: 100, since: NOW + 190 * S });
});

t.test('a call that succeeds puts it on hold, no more', async (t) => {
  const health = after(down(), NOW + 5 * S, succeeded());
  t.match(stands(health, NOW + 5 * S), { state: 'returning', share: 0, code: 'on_hold', since: NOW + 5 * S });
  t.equal(holdUntil(health), NOW + 120 * S, 'the hold counts from the last failure');
  t.match(after(health, NOW + 6 * S, failed()), { state: 'down', failed_at: NOW + 6 * S });
});

t.test('probes make it down at once, and keep it there', async (t) => {
  const health = after(WELL, NOW, probes('down'));
  t.match(stands(health, NOW + 3_600 * S), { state: 'down', share: 0, code: 'probe_failed', since: NOW });
  t.equal(holdUntil(health), null);
  t.equal(after(health, NOW + S, succeeded()).state, 'down', 'no call brings it back');
  const back = after(health, NOW + 60 * S, probes('up'));
  t.match(stands(back, NOW + 60 * S), { state: 'returning', share: 0, code: 'on_hold' });
  t.equal(holdUntil(back), NOW + 180 * S);
  const unknown = after(health, NOW + 60 * S, probes('nothing'));
  t.match(stands(unknown, NOW + 60 * S), { state: 'down' });
  t.equal(holdUntil(unknown), NOW + 180 * S);
});

t.test('a failure on the ramp brings it down again, held for twice as long', async (t) => {
  let health = down();
  let now = NOW;
  for (const hold of [120, 240, 480, 960, 960]) {
    t.equal(holdUntil(health), now + hold * S);
    now += hold * S + S;
    t.equal(stands(health, now).code, 'ramping');
    health = after(health, now, failed());
    t.equal(health.state, 'down');
  }
});

t.test('what fails on hold begins the hold anew, as long as it was', async (t) => {
  let health = down();
  for (let i = 1; i <= 5; i += 1) {
    health = after(health, NOW + i * S, succeeded(), failed());
    t.equal(holdUntil(health), NOW + i * S + 120 * S);
  }
});

t.test('a fall long after another is the first again', async (t) => {
  const again = NOW + 3_601 * S;
  t.equal(holdUntil(after(down(), again, failed(), failed())), again + 120 * S);
});

t.test('overload is no fall', async (t) => {
  const health = after(WELL, NOW, { kind: 'overloaded', seconds: 20 });
  t.match(stands(health, NOW), { state: 'suspect', share: 0, code: 'overloaded' });
  t.equal(stands(health, NOW + 5 * S).because, 'it asked for no calls for 15 s more');
  t.match(stands(health, NOW + 20 * S), { state: 'up', share: 100 });
  const long = after(WELL, NOW, { kind: 'overloaded', seconds: 86_400 });
  t.equal(stands(long, NOW + 300 * S).state, 'up', 'five minutes at most');
});

t.test('without hold and ramp it is back at once', async (t) => {
  const policy = { ...HEALTH, hold_seconds: 0, ramp_seconds: 0, longest_hold_seconds: 0 };
  const health = step(step(WELL, policy, failed(), NOW), policy, failed(), NOW);
  t.equal(health.state, 'down');
  t.equal(stands(health, NOW, policy).state, 'up');
});

t.test('a clock that is set back changes nothing but the clock', async (t) => {
  const back = NOW - 7_200 * S;
  const health = step(down(), HEALTH, null, back);
  t.equal(stands(health, back).state, 'down');
  t.equal(stands(health, back + 120 * S).code, 'ramping');
  t.equal(stands(health, back + 180 * S).state, 'up');
  t.match(stands(down(), back), { state: 'down', share: 0 }, 'also before anybody told it');
  t.equal(after(health, back + 130 * S, failed()).falls, 2);
});

t.test('it is forgotten when nothing would be lost', async (t) => {
  t.ok(isForgettable(WELL, HEALTH, NOW));
  t.notOk(isForgettable(after(WELL, NOW, failed()), HEALTH, NOW));
  t.notOk(isForgettable(after(WELL, NOW, probes('up')), HEALTH, NOW));
  const back = step(down(), HEALTH, null, NOW + 200 * S);
  t.notOk(isForgettable(back, HEALTH, NOW + 200 * S), 'the next fall must be known as the second');
  t.ok(isForgettable(back, HEALTH, NOW + 3_601 * S));
});

const NEXT: Record<HealthState, readonly HealthState[]> = {
  up: ['up', 'suspect', 'down'],
  suspect: ['suspect', 'up', 'down'],
  down: ['down', 'returning', 'up'],
  returning: ['returning', 'up', 'suspect', 'down'],
};

const policies: fc.Arbitrary<HealthPolicy> = fc
  .record({
    failures: fc.integer({ min: 1, max: 5 }),
    more: fc.integer({ min: 0, max: 5 }),
    window_seconds: fc.integer({ min: 1, max: 100 }),
    hold_seconds: fc.integer({ min: 0, max: 200 }),
    ramp_seconds: fc.integer({ min: 0, max: 100 }),
    flap_window_seconds: fc.integer({ min: 0, max: 1_000 }),
    longest_hold_seconds: fc.integer({ min: 0, max: 1_000 }),
  })
  .map(({ more, ...policy }) => ({ ...policy, of: policy.failures + more }));

const evidences: fc.Arbitrary<Evidence | null> = fc.oneof(
  fc.constant(null),
  fc.record({
    kind: fc.constantFrom('failed', 'succeeded'),
    call: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  }),
  fc.record({ kind: fc.constant('overloaded' as const), seconds: fc.integer({ min: 0, max: 1_000 }) }),
  fc.record({ kind: fc.constant('probes' as const), say: fc.constantFrom('up', 'down', 'nothing') }),
);

/** Evidence, each so many ms after the one before; now and then the clock is set back. */
const stories = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0, max: 100_000 }) },
      fc.integer({ min: -100_000, max: 0 }),
    ),
    evidences,
  ),
  { maxLength: 60 },
);

/** Throws, so that fast-check looks for the shortest story. */
function never(wrong: boolean, what: string): void {
  if (wrong) throw new Error(what);
}

t.test('whatever happens', async () => {
  fc.assert(
    fc.property(policies, stories, (policy, story) => {
      let health = WELL;
      let now = NOW;
      for (const [passed, evidence] of story) {
        now += passed;
        const timed = step(health, policy, null, now);
        const next = step(health, policy, evidence, now);
        never(!NEXT[timed.state].includes(next.state), `${timed.state} → ${next.state}`);
        const { state, share, since } = standingOf(next, policy, now);
        // Instances' clocks differ by some ms: what is set back by less counts as the same moment.
        never(since > next.seen, 'since the future');
        never(next.probes === 'down' && next.state !== 'down', 'probes keep it down');
        if (next.state === 'down' || next.code === 'on_hold') {
          const { code } = standingOf(next, policy, now);
          never(share !== 0 && code !== 'ramping' && code !== 'healthy', 'no calls while down or on hold');
        } else if (next.overloaded_until <= now) {
          const [least, most] = state === 'returning' ? [10, 99] : [100, 100];
          never(share < least || share > most, `${state} ${share} %`);
        }
        const held = holdUntil(next);
        const longest = Math.max(policy.hold_seconds, policy.longest_hold_seconds) * S;
        never(held !== null && held - next.failed_at > longest, 'held for too long');
        never(next.calls.length > policy.of, 'it remembers more than it needs');
        never(evidence === null && next.state === 'down' && health.state === 'up', 'fallen by itself');
        health = next;
      }
      // Left alone it comes back, unless probes say otherwise.
      now = Math.max(now, health.seen);
      const { state } = step(health, policy, probes('nothing'), now);
      const later =
        now + (policy.ramp_seconds + Math.max(policy.hold_seconds, policy.longest_hold_seconds)) * S;
      const alone = step(
        step(health, policy, probes('nothing'), now),
        policy,
        null,
        later + policy.window_seconds * S,
      );
      never(alone.state !== 'up', `${state} for ever`);
    }),
    { numRuns: 500 },
  );
});

t.test('the ramp never falls, and goes from 10 to 100', async () => {
  fc.assert(
    fc.property(
      policies,
      fc.array(fc.integer({ min: 0, max: 100 * S }), { maxLength: 20 }),
      (policy, times) => {
        const begun = step(step(WELL, policy, probes('down'), NOW), policy, probes('nothing'), NOW);
        const from = holdUntil(begun) as number;
        if (policy.ramp_seconds > 0) never(standingOf(begun, policy, from).share !== 10, 'begins with 10 %');
        let last = 0;
        for (const time of times.toSorted((a, b) => a - b)) {
          const { share } = standingOf(begun, policy, from + time);
          never(share < last || share < 10, `${last} → ${share}`);
          last = share;
        }
        never(standingOf(begun, policy, from + policy.ramp_seconds * S).share !== 100, 'ends with all');
      },
    ),
  );
});

t.test('a fall is one from a state in which it got calls, and told once', async (t) => {
  const one = fc.record({
    evidence: fc.constantFrom(
      failed,
      succeeded,
      () => probes('up'),
      () => probes('down'),
      () => null,
    ),
    // Now and then the clock is set back.
    after: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: -400, max: -1 })),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 60 }), (steps) => {
      let health = WELL;
      let now = NOW;
      for (const { evidence, after } of steps) {
        now += after * S;
        const before = step(health, HEALTH, null, now);
        const gotCalls = before.state === 'up' || before.state === 'suspect' || before.code === 'ramping';
        const next = step(health, HEALTH, evidence(), now);
        t.equal(hasFallen(health, next), gotCalls && next.state === 'down');
        health = next;
      }
    }),
  );
});

t.test('two instances whose clocks differ by some ms shorten no hold', async (t) => {
  const policy = { ...HEALTH, hold_seconds: 60 };
  let health = step(WELL, policy, probes('down'), NOW);
  health = step(health, policy, probes('nothing'), NOW);
  for (let s = 1; s < 59; s++) {
    health = step(health, policy, null, NOW + s * S + 800);
    health = step(health, policy, null, NOW + s * S);
  }
  t.equal(holdUntil(health), NOW + 60 * S);
});

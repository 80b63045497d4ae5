/**
 * Is one place that takes calls up? One machine for what is known of a place, and one for its answers to each address.
 *
 *     up          it gets its calls. A failure → suspect.
 *     suspect     it still gets them: too little has failed. `failures` of the last `of` calls within `window_seconds` → down;
 *                 none of them left within the window → up.
 *     down        it gets none. Good evidence (a probe, or a call that reached it behind the agents), or the end of the hold
 *                 → returning.
 *     returning   first on hold: it gets no calls until it has been well for the hold; then on the ramp: it gets a share of
 *                 them that grows from 10 % to all within `ramp_seconds`, and then it is up. Any failure → down.
 *
 * Probes that say it is down make it so from any state, and while they do nothing brings it back. The hold counts from the
 * last bad evidence, and is `hold_seconds` long; each further fall within `flap_window_seconds` doubles it, up to
 * `longest_hold_seconds`. A fall is one from a state in which it got calls: what fails on hold begins the hold anew, but
 * says nothing about how well it bears calls. One that is told by nobody comes back by hold and ramp, since trying is then
 * the only way to know.
 *
 * Overload (503 with Retry-After) is no state: it gets no calls until then, and stays what it was.
 *
 * Pure: times are ms since the epoch and passed in. When the clock is set back, what is under way takes as long as it would have;
 * by less than some seconds it isn't: the clocks of two instances differ by so much.
 */
import type { HealthPolicy } from '../directory/contact-center.js';
import type { HealthState, Standing } from './standing.js';

export type Evidence =
  /** `call` tells one try from another: a later word on the same try replaces the earlier. */
  | { readonly kind: 'succeeded'; readonly call: string }
  | { readonly kind: 'failed'; readonly call: string }
  | { readonly kind: 'overloaded'; readonly seconds: number }
  /** What the probes say from now on; `nothing`: nobody probes it, or nobody has been heard. */
  | { readonly kind: 'probes'; readonly say: ProbeVerdict };

export type ProbeVerdict = 'up' | 'down' | 'nothing';

export interface Health {
  readonly state: HealthState;
  /** Of the state. */
  readonly since: number;
  readonly code: Standing['code'];
  readonly because: string;
  /** Since the first failure, the last `of` at most; none but in `suspect`. */
  readonly calls: readonly TriedCall[];
  readonly probes: ProbeVerdict;
  /** The last bad evidence. */
  readonly failed_at: number;
  readonly hold_ms: number;
  /** How many falls have followed one another, each within the flap window of the one before; the last one's time. */
  readonly falls: number;
  readonly fell_at: number;
  readonly overloaded_until: number;
  /** The latest time that was passed in. */
  readonly seen: number;
}

interface TriedCall {
  readonly call: string;
  readonly failed: boolean;
  readonly at: number;
}

const LONGEST_OVERLOAD_SECONDS = 300;
const CLOCKS_DIFFER_MS = 5_000;
const LONG_AGO = Number.NEGATIVE_INFINITY;
const FIRST_SHARE = 10;

export const WELL: Health = {
  ...{ state: 'up', since: 0, code: 'healthy', because: 'nothing has failed' },
  ...{ calls: [], probes: 'nothing', failed_at: LONG_AGO, hold_ms: 0 },
  ...{ falls: 0, fell_at: LONG_AGO, overloaded_until: LONG_AGO, seen: 0 },
};

/** What becomes of it by this evidence, or by time alone. */
export function step(before: Health, policy: HealthPolicy, evidence: Evidence | null, clock: number): Health {
  const now = steady(before, clock);
  const health = withTime(before, policy, now);
  switch (evidence?.kind) {
    case undefined:
      return health;
    case 'succeeded':
      return withCall(health, policy, { call: evidence.call, failed: false, at: now });
    case 'failed':
      return withCall(health, policy, { call: evidence.call, failed: true, at: now });
    case 'overloaded': {
      const seconds = Math.min(evidence.seconds, LONGEST_OVERLOAD_SECONDS);
      return { ...health, overloaded_until: Math.max(health.overloaded_until, now + seconds * 1_000) };
    }
    case 'probes':
      return withProbes(health, policy, evidence.say, now);
  }
}

/** When the hold ends, or null when it isn't held, or not for a known time. */
export function holdUntil({ state, probes, failed_at, hold_ms }: Health): number | null {
  const held = state === 'down' || state === 'returning';
  return held && probes !== 'down' ? failed_at + hold_ms : null;
}

/** How it stands at `now`, which is not before the last step. */
export function standingOf(before: Health, policy: HealthPolicy, clock: number): Standing {
  const now = steady(before, clock);
  const { state, since, code, because, overloaded_until, ...health } = withTime(before, policy, now);
  if (overloaded_until > now && state !== 'down') {
    const words = `it asked for no calls for ${seconds(overloaded_until - now)} more`;
    return { state: state === 'up' ? 'suspect' : state, share: 0, since, code: 'overloaded', because: words };
  }
  const share =
    code === 'ramping' ? rampShare(health, policy, now) : state === 'up' || state === 'suspect' ? 100 : 0;
  return {
    state,
    share,
    since,
    code,
    because: code === 'ramping' ? `${because}: ${share} % of calls` : because,
  };
}

function rampShare(
  { failed_at, hold_ms }: Pick<Health, 'failed_at' | 'hold_ms'>,
  policy: HealthPolicy,
  now: number,
) {
  const done = Math.max(0, now - failed_at - hold_ms) / (policy.ramp_seconds * 1_000);
  return Math.min(99, Math.floor(FIRST_SHARE + (100 - FIRST_SHARE) * done));
}

/** Whether this very step was a fall from a state in which it got calls. */
export function hasFallen(before: Health, after: Health): boolean {
  // When the clock is set back both times move together, and a fall that was known before is none.
  return after.fell_at === after.seen && before.fell_at !== before.seen;
}

/** Whether nothing would be lost if it were forgotten. */
export function isForgettable(
  { state, probes, fell_at, overloaded_until }: Health,
  policy: HealthPolicy,
  now: number,
) {
  return (
    state === 'up' &&
    probes === 'nothing' &&
    overloaded_until <= now &&
    now - fell_at > policy.flap_window_seconds * 1_000
  );
}

/** Brings it to `now`: only what time does by itself. */
function withTime(before: Health, policy: HealthPolicy, clock: number): Health {
  const now = steady(before, clock);
  const health = now < before.seen ? moved(before, now - before.seen) : before;
  const { state, failed_at, hold_ms, probes } = health;
  const current = health.seen === now ? health : { ...health, seen: now };
  if (state === 'suspect') return judged(current, policy, health.calls, now);
  if ((state !== 'down' && state !== 'returning') || probes === 'down') return current;
  const held_until = failed_at + hold_ms;
  const up_at = held_until + policy.ramp_seconds * 1_000;
  if (now >= up_at) return upAgain(current, up_at);
  if (now >= held_until && health.code !== 'ramping') {
    const since = state === 'returning' ? health.since : held_until;
    return { ...current, state: 'returning', since, code: 'ramping', because: 'it comes back' };
  }
  return current;
}

function steady({ seen }: Health, clock: number): number {
  return clock < seen && seen - clock < CLOCKS_DIFFER_MS ? seen : clock;
}

/** The clock was set back: everything that is remembered happened as long ago as before. */
function moved(health: Health, by: number): Health {
  return {
    ...health,
    since: health.since === 0 ? 0 : health.since + by,
    calls: health.calls.map((one) => ({ ...one, at: one.at + by })),
    failed_at: health.failed_at + by,
    fell_at: health.fell_at + by,
    overloaded_until: health.overloaded_until + by,
    seen: health.seen + by,
  };
}

function withCall(health: Health, policy: HealthPolicy, tried: TriedCall): Health {
  const { state, calls } = health;
  if (state === 'down' || state === 'returning') {
    if (tried.failed)
      return fallen(health, policy, tried.at, 'calls_failed', 'a call failed before it was back');
    return state === 'down' ? recovering(health, tried.at, 'a call succeeded') : health;
  }
  if (state === 'up' && !tried.failed) return health;
  const others = calls.filter(({ call }) => call !== tried.call);
  return judged(health, policy, [...others, tried], tried.at);
}

/** Up, suspect or down by these calls. */
function judged(health: Health, policy: HealthPolicy, calls: readonly TriedCall[], now: number): Health {
  const recent = calls.slice(-policy.of).filter(({ at }) => now - at < policy.window_seconds * 1_000);
  const failed = recent.filter((one) => one.failed).length;
  if (failed === 0) return upAgain(health, now);
  const because = `${failed} of the last ${recent.length} calls failed`;
  if (failed >= policy.failures) return fallen(health, policy, now, 'calls_failed', because);
  const since = health.state === 'suspect' ? health.since : now;
  return { ...health, state: 'suspect', since, code: 'call_failed', because, calls: recent };
}

function withProbes(before: Health, policy: HealthPolicy, say: ProbeVerdict, now: number): Health {
  if (say === before.probes) return before;
  const health = { ...before, probes: say };
  if (say === 'down') return fallen(health, policy, now, 'probe_failed', 'probes get no answer');
  // Until just now it was down.
  const ended = before.probes === 'down' ? { ...health, failed_at: now } : health;
  if (say === 'nothing' || ended.state !== 'down') return ended;
  return recovering(ended, now, 'probes are answered');
}

function upAgain(health: Health, since: number): Health {
  if (health.state === 'up') return health;
  const because = health.state === 'suspect' ? 'nothing has failed lately' : 'it has come back';
  return { ...health, state: 'up', since, code: 'healthy', because, calls: [] };
}

/** On hold: it has had good evidence. While probes say that it is down it can't have any. */
function recovering(health: Health, now: number, what: string): Health {
  if (health.probes === 'down') return health;
  const because = `${what}; it must stay well for ${seconds(health.hold_ms)}`;
  return { ...health, state: 'returning', since: now, code: 'on_hold', because };
}

function fallen(
  health: Health,
  policy: HealthPolicy,
  now: number,
  code: Standing['code'],
  because: string,
): Health {
  const down = { ...health, state: 'down', code, because, calls: [], failed_at: now } as const;
  // Already down: what is known better stays as the reason.
  if (health.state === 'down' && code === 'calls_failed') return { ...health, failed_at: now };
  if (health.state === 'down') return { ...down, since: health.since };
  if (health.code === 'on_hold') return { ...down, since: now };
  const soon = now - health.fell_at <= policy.flap_window_seconds * 1_000;
  const falls = soon ? health.falls + 1 : 1;
  return { ...down, since: now, falls, fell_at: now, hold_ms: holdMs(policy, falls) };
}

function holdMs({ hold_seconds, longest_hold_seconds }: HealthPolicy, falls: number): number {
  const longest = Math.max(hold_seconds, longest_hold_seconds);
  return Math.min(hold_seconds * 2 ** (falls - 1), longest) * 1_000;
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1_000)} s`;
}

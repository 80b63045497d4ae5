import type { ContactCenter } from '../directory/contact-center.js';
import { holdUntil } from '../live/health-machine.js';
import type { Healths, Seen } from '../live/healths.js';
import type { NodeProbe } from '../live/probes.js';
import type { BypassClock } from './bypass-clock.js';
import type { CenterHealth } from './health.schema.js';

export interface DescribeDeps {
  readonly healths: Healths;
  readonly bypass: BypassClock;
}

/** How one contact center stands, for people. */
export function describeHealth(
  { healths, bypass }: DescribeDeps,
  center: ContactCenter,
  now: number,
): CenterHealth {
  const { since, skillsets } = bypass.of(center);
  const place = (uri: string) => {
    const { place, answers } = healths.seen(center, uri, now);
    return {
      uri,
      ...standingOf(center, place, now),
      answers: [...answers]
        .filter(([, { standing }]) => standing.state !== 'up')
        .map(([address, seen]) => ({ address, ...standingOf(center, seen, now) })),
      probes: healths.probesOf(uri, now).map(probeOf),
    };
  };
  return {
    contact_center: center.domain,
    bypass: since !== null,
    bypass_since: timeOf(since),
    locations: center.locations.map(({ uri }) => place(uri)),
    treatments: center.treatments.map(({ name, uri }) => ({ name, ...place(uri) })),
    skillsets: skillsets.map(({ name, since }) => ({ name, bypass_since: asTime(since) })),
  };
}

function standingOf({ health: policy }: ContactCenter, { standing, health }: Seen, now: number) {
  const { state, share, since, code, because } = standing;
  const back = state === 'down' || state === 'returning' ? holdUntil(health) : null;
  const { overloaded_until } = health;
  return {
    ...{ state, share, code, because },
    since: since === 0 ? null : asTime(since),
    hold_until: back !== null && back > now ? asTime(back) : null,
    up_at: back === null ? null : asTime(back + policy.ramp_seconds * 1_000),
    overloaded_until: overloaded_until > now ? asTime(overloaded_until) : null,
  };
}

function probeOf({ node, state, since, heard_at }: NodeProbe) {
  return { node, state, since: asTime(since), heard_at: asTime(heard_at) };
}

function timeOf(at: number | null): string | null {
  return at === null ? null : asTime(at);
}

function asTime(at: number): string {
  return new Date(at).toISOString();
}

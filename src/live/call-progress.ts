/**
 * What is known of one decision's call, and what its agents do because of it. Outcomes travel separately: they come late,
 * twice and out of order. So they are only collected here, the first of each kind, and what an agent does is read from
 * all of them together; in which order they came doesn't matter.
 */
import { MAX_INV_LIFETIME_MS } from '../directory/endpoint.js';
import type { CallEvent, FollowedCall } from './followed-call.js';

export interface TargetProgress {
  /** When each was told, ms since the epoch, or null. */
  readonly ringing: number | null;
  readonly answered: number | null;
  readonly failed: number | null;
  readonly canceled: number | null;
  readonly ended: number | null;
  /** Of the failure. */
  readonly status: number | null;
  readonly silent: boolean;
}

export interface CallProgress {
  readonly call: FollowedCall;
  /** As the call's targets. */
  readonly targets: readonly TargetProgress[];
}

/** What one call makes an agent do, since `since` and until `until` at the latest, both in ms since the epoch. */
export interface Engagement {
  readonly agent: string;
  readonly activity: 'reserved' | 'ringing' | 'busy';
  readonly since: number;
  readonly until: number;
  /** The contact at which the call was answered; null: it wasn't, or not by an agent's phone. */
  readonly phone: string | null;
}

/** The end of a call may never be told (a Kamailio that died): then its agent counts as free after so long. */
export const BUSY_MS = 2 * 3_600_000;
/** tm lets no INVITE live longer than this by default. */
const RINGING_MS = MAX_INV_LIFETIME_MS;

/** What a phone says that was told to stop: no fault of its agent's. */
const CANCELED = 487;

const NOTHING: TargetProgress = {
  ...{ ringing: null, answered: null, failed: null, canceled: null, ended: null },
  ...{ status: null, silent: false },
};

export function begun(call: FollowedCall): CallProgress {
  return { call, targets: call.targets.map(() => NOTHING) };
}

/** With one more event, or the very same when it says nothing new. `silent`: nobody answered the request at all. */
export function progressed(
  progress: CallProgress,
  {
    position,
    event,
    at,
    status,
    silent,
  }: Pick<CallEvent, 'position' | 'event' | 'at' | 'status'> & { silent: boolean },
): CallProgress {
  const target = progress.targets[position];
  if (!target || target[event] !== null) return progress;
  const next = { ...target, [event]: at, ...(event === 'failed' && { status, silent }) };
  return { ...progress, targets: progress.targets.with(position, next) };
}

/** Whether nobody answered the request at all; a failure before the ringing that preceded it is none. */
export function isUnreached({ failed, silent, ringing }: TargetProgress): boolean {
  return failed !== null && silent && ringing === null;
}

/** What the agents of this call do because of it; at most one thing each. */
export function engagementsOf({ call, targets }: CallProgress): Engagement[] {
  // Who was not quick enough is told to stop: only who answered is in the call. Two may have, at once: each ends by itself.
  if (targets.some(({ answered }) => answered !== null)) return eachOnce(targets.flatMap(inCall(call)));
  if (targets.some(({ ended }) => ended !== null)) return [];
  if (targets.some(({ canceled }) => canceled !== null)) return [];
  const ringing = call.targets.flatMap(({ agent }, i): Engagement[] => {
    const since = targets[i]?.ringing ?? null;
    if (agent === null || since === null || targets[i]?.failed !== null) return [];
    return [{ agent, activity: 'ringing', since, until: since + RINGING_MS, phone: null }];
  });
  const { reserved } = call;
  const rings = (agent: string) => ringing.some((one) => one.agent === agent);
  const waiting = (reserved?.agents ?? [])
    .filter((agent) => !rings(agent) && isOpen({ call, targets }, agent))
    .map(
      (agent): Engagement => ({
        ...{ agent, activity: 'reserved', phone: null },
        ...{ since: call.at, until: reserved?.until ?? 0 },
      }),
    );
  return [...eachOnce(ringing), ...waiting];
}

function inCall({ targets }: FollowedCall) {
  return ({ answered, ended }: TargetProgress, i: number): Engagement[] => {
    const { agent = null, uri = null } = targets[i] ?? {};
    if (agent === null || answered === null || ended !== null) return [];
    return [{ agent, activity: 'busy', since: answered, until: answered + BUSY_MS, phone: uri }];
  };
}

/** An agent with two phones is one agent. */
function eachOnce(engagements: readonly Engagement[]): Engagement[] {
  return [...new Map(engagements.map((one) => [one.agent, one])).values()];
}

/** Whether the reserved agent's turn may still come. */
function isOpen({ call, targets }: CallProgress, agent: string): boolean {
  let left = false;
  for (const [i, target] of call.targets.entries()) {
    const progress = targets[i] as TargetProgress;
    if (target.role === 'agent') {
      if (target.agent !== agent) continue;
      if (progress.failed !== null && !isUnreached(progress)) return false;
      left ||= progress.failed === null;
    } else if (progress.ringing !== null || hasDecided(progress)) return false;
  }
  return left;
}

/** A contact center that answers so has dealt with the call: by default nobody else is called after it. */
function hasDecided({ failed, status }: TargetProgress): boolean {
  return (
    failed !== null && status !== null && status !== 408 && (status < 500 || status >= 600) && status !== 430
  );
}

/**
 * What this call says against the agent:
 *
 *     no_answer    a phone rang in vain, or said that its user can't or won't take the call: 408, 480, 486, 603 and the like.
 *                  486 too: the phone is busy with a call that doesn't pass through us, and will be for a while
 *     unreachable  no phone of the agent that was tried could be reached, or one answered 5xx
 *
 * One phone that can't be reached says nothing while another one is still to be tried.
 */
export function complaintAbout(
  { call, targets }: CallProgress,
  agent: string,
): 'no_answer' | 'unreachable' | null {
  const own = targets.filter((_, i) => call.targets[i]?.agent === agent);
  if (own.some(({ answered }) => answered !== null)) return null;
  const reached = own.filter((target) => target.failed !== null && !isUnreached(target));
  const codes = reached.map(({ status }) => status ?? 408);
  if (codes.some((code) => code !== CANCELED && hasDeclined(code))) return 'no_answer';
  if (codes.some((code) => code >= 500 && code < 600)) return 'unreachable';
  return own.length > 0 && own.every(isUnreached) ? 'unreachable' : null;
}

/** 4xx and 6xx. */
function hasDeclined(code: number): boolean {
  return code >= 400 && (code < 500 || code >= 600);
}

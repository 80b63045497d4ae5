/**
 * What two instances know, who have not heard from each other for a while, put together. In whichever order and however often:
 * of any number of parts always comes the same.
 */
import type { AgentState } from './agent-state.js';
import type { CallProgress, TargetProgress } from './call-progress.js';
import type { Health } from './health-machine.js';
import type { NodeProbe } from './probes.js';
import { SEVERITY } from './standing.js';
import type { Return } from './waiting-callers.js';

/** Of each target the first of each news. What one instance has forgotten (a node that lost its memory) reserves nobody. */
export function mergedCalls(a: CallProgress, b: CallProgress): CallProgress {
  const reserved = a.call.reserved === null || b.call.reserved === null ? null : a.call.reserved;
  const targets = a.targets.map((target, i) => mergedTargets(target, b.targets[i] ?? target));
  return { call: { ...a.call, reserved }, targets };
}

function mergedTargets(a: TargetProgress, b: TargetProgress): TargetProgress {
  // Of one failure all that was told of it.
  const failure = first(
    [a, b].filter(({ failed }) => failed !== null),
    ({ failed, status, silent }) => [failed ?? 0, status ?? 0, silent ? 1 : 0],
  );
  return {
    ringing: earlier(a.ringing, b.ringing),
    answered: earlier(a.answered, b.answered),
    canceled: earlier(a.canceled, b.canceled),
    ended: earlier(a.ended, b.ended),
    failed: failure?.failed ?? null,
    status: failure?.status ?? null,
    silent: failure?.silent ?? false,
  };
}

/** What is remembered of an agent beyond the calls. */
export type Marks = Pick<AgentState, 'idle_since' | 'offered_at' | 'put_last'>;

export function mergedMarks(a: Marks, b: Marks): Marks {
  const [put_last = null] = [a.put_last, b.put_last]
    .filter((one) => one !== null)
    .sort((x, y) => y.until - x.until || (x.code < y.code ? -1 : 1));
  return {
    idle_since: Math.max(a.idle_since, b.idle_since),
    offered_at: Math.max(a.offered_at, b.offered_at),
    put_last,
  };
}

/** The machine that has changed last, or else the worse. Only time goes on in the other. */
export function mergedHealth(a: Health, b: Health): Health {
  return first([a, b], (health) => [-lastNews(health), -SEVERITY[health.state], -health.seen], textOf) ?? a;
}

function lastNews({ since, failed_at, fell_at, calls }: Health): number {
  return Math.max(since, failed_at, fell_at, ...calls.map(({ at }) => at));
}

/** What was heard last. */
export function mergedProbe(a: NodeProbe, b: NodeProbe): NodeProbe {
  return first([a, b], ({ heard_at, since }) => [-heard_at, since], textOf) ?? a;
}

/** Nobody is called twice at once for one caller: the attempt that lasts longer counts. */
export function mergedReturn(a: Return | null, b: Return | null): Return | null {
  const both = [a, b].filter((one) => one !== null);
  return first(both, ({ until }) => [-until], textOf) ?? null;
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** The first by these numbers, then by the text. */
function first<T>(all: readonly T[], ranks: (one: T) => number[], text: (one: T) => string = () => '') {
  return [...all].sort((a, b) => {
    const [x, y] = [ranks(a), ranks(b)];
    const differing = x.findIndex((rank, i) => rank !== y[i]);
    if (differing !== -1) return (x[differing] ?? 0) < (y[differing] ?? 0) ? -1 : 1;
    return text(a) < text(b) ? -1 : 1;
  })[0];
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}

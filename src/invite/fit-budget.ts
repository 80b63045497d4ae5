import type { Candidate, LeftOut } from './candidate.js';
import type { Lists } from './decide.js';
import type { Limits } from './situation.js';

export interface Budget extends Limits {
  /** How long a caller waits before the treatment must have its turn. */
  readonly patience_ms: number;
}

/** A transaction suspended while the service is asked uses up one branch (Kamailio issue 1160). */
const SUSPENDED_BRANCHES = 1;
/** What the treatment must have left to answer in. */
export const TREATMENT_RESERVE_MS = 10_000;
/** Less than this is no ringing: nobody gets to the phone. */
const SHORTEST_RING_MS = 5_000;
/** Kamailio's script counts a call's time in whole seconds. */
const SLACK_MS = 2_000;

/** Ends a little before tm ends the whole call, so that a final answer is still ours to act on. */
export function longestRingMs(lifetimeMs: number): number {
  return Math.max(lifetimeMs - TREATMENT_RESERVE_MS, Math.ceil(lifetimeMs / 2));
}

/**
 * What of the lists one call can try in the node's branches and in tm's time. The first location and the treatment always
 * stay; then come further locations, then agents as far as they fit, of whom the last may ring for a shorter time, then what
 * is down. No phone rings for longer than the caller's patience; how many agents that leaves is known only when it is seen
 * how long each rings, so it is Kamailio's script that goes on to the treatment when the patience ends (`lastTargetAfterMs`).
 *
 * Reckoned is the worst case that still ends at the treatment: a location that is silent for its fr_timer, an agent
 * whose phone answers provisionally at the last moment and then rings for its whole time. Of several ways to one agent
 * one rings: the next is tried only when the phone wasn't reached.
 */
export function fitBudget(lists: Lists, budget: Budget): { targets: Candidate[]; out: LeftOut[] } {
  const { first, agents, behind, treatment } = lists;
  const out: LeftOut[] = [];
  let branches = budget.max_branches - SUSPENDED_BRANCHES - treatment.length;
  const reserve = treatment.length > 0 ? TREATMENT_RESERVE_MS : 0;
  let ms = budget.max_inv_lifetime_ms - reserve;
  const patience = budget.patience_ms - first.reduce((sum, one) => sum + one.fr_timer_ms, SLACK_MS);

  const leave = (block: readonly Candidate[], { code, because }: typeof NO_TIME) => {
    for (const { role, agent, contact } of block) out.push({ role, agent, uri: contact, code, because });
  };
  const take = (block: readonly Candidate[], cost: number): boolean => {
    const fits = branches >= block.length && ms >= cost;
    if (!fits) leave(block, branches < block.length ? NO_BRANCH : NO_TIME);
    if (!fits) return false;
    branches -= block.length;
    ms -= cost;
    return true;
  };
  const locations = first.filter((one, i) => {
    if (i > 0) return take([one], one.fr_timer_ms);
    branches -= 1;
    ms -= one.fr_timer_ms;
    return true;
  });
  const called: Candidate[] = [];
  let full = false;
  for (const block of blocksOf(agents)) {
    const silent = silentMs(block);
    const wanted = Math.max(...block.map(({ ring_ms }) => ring_ms));
    const ring_ms = Math.min(wanted, Math.max(Math.min(ms, patience) - silent, SHORTEST_RING_MS));
    // Nobody is called instead of one who comes earlier.
    if (full) leave(block, branches < block.length ? NO_BRANCH : NO_TIME);
    full ||= !take(block, silent + ring_ms);
    if (!full) called.push(...block.map((one) => ({ ...one, ring_ms: Math.min(one.ring_ms, ring_ms) })));
  }
  const last = behind.filter((one) => take([one], one.fr_timer_ms));
  return { targets: [...locations, ...called, ...last, ...treatment], out };
}

const NO_BRANCH = { code: 'no_branch_left', because: 'one call has no more branches (max_branches)' };
const NO_TIME = {
  code: 'no_time_left',
  because: 'one call has no more time (max_inv_lifetime)',
};

/** From then on no more agent fits into the call and the caller's patience: the last target, the treatment, is due. */
export function lastTargetAfterMs(targets: readonly Candidate[], budget: Budget): number {
  const agents = targets.slice(0, -1).filter(({ role }) => role === 'agent');
  const longest = Math.max(0, ...agents.map(({ fr_timer_ms, ring_ms }) => fr_timer_ms + ring_ms));
  const whole = Math.min(budget.patience_ms, budget.max_inv_lifetime_ms - TREATMENT_RESERVE_MS);
  return Math.max(0, whole - longest);
}

function blocksOf(candidates: readonly Candidate[]): Candidate[][] {
  const blocks = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const block = blocks.get(candidate.block);
    if (block) block.push(candidate);
    else blocks.set(candidate.block, [candidate]);
  }
  return [...blocks.values()];
}

function silentMs(block: readonly Candidate[]): number {
  const each = block.map(({ fr_timer_ms }) => fr_timer_ms);
  return block.some(({ together }) => together) ? Math.max(...each) : each.reduce((sum, ms) => sum + ms, 0);
}

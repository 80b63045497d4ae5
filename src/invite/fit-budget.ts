import type { Candidate } from './order-targets.js';

export interface Budget {
  /** The node's tm `max_branches`: every target that is tried uses up one. */
  readonly max_branches: number;
  /** The node's tm `max_inv_lifetime`: the whole call is cut off when it ends. */
  readonly max_inv_lifetime_ms: number;
}

/** A transaction suspended while the service is asked uses up one branch (Kamailio issue 1160). */
const SUSPENDED_BRANCHES = 1;
/** What the treatment must have left to answer in. */
export const TREATMENT_RESERVE_MS = 10_000;

/**
 * Shortens the list to what one call can try in the node's branches and time. Agents go, from the end. Only when it
 * doesn't fit with no agent at all do the contact center's further locations go, from the end; its first location
 * and the treatment always stay.
 *
 * Reckoned is the worst case that still ends at the treatment: a location that is silent for its fr_timer, an agent
 * whose phone answers provisionally at the last moment and then rings for its whole time.
 */
export function fitBudget(candidates: readonly Candidate[], budget: Budget, ringMs: number): Candidate[] {
  const fitting = [...candidates];
  while (!fits(fitting, budget, ringMs)) {
    const last = lastDispensable(fitting);
    if (last < 0) break;
    fitting.splice(last, 1);
  }
  return fitting;
}

function lastDispensable(candidates: readonly Candidate[]): number {
  const agent = candidates.findLastIndex(({ role }) => role === 'agent');
  return agent >= 0 ? agent : candidates.findLastIndex(({ role }, i) => role === 'contact_center' && i > 0);
}

function fits(candidates: readonly Candidate[], budget: Budget, ringMs: number): boolean {
  if (candidates.length > budget.max_branches - SUSPENDED_BRANCHES) return false;
  const spent = candidates.map(({ role, fr_timer_ms }) => {
    if (role === 'treatment') return TREATMENT_RESERVE_MS;
    return role === 'agent' ? fr_timer_ms + ringMs : fr_timer_ms;
  });
  return spent.reduce((sum, ms) => sum + ms, 0) <= budget.max_inv_lifetime_ms;
}

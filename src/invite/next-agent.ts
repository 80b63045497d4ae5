import type { AgentState } from '../live/agent-state.js';
import { callAgents } from './call-agents.js';
import type { Candidate } from './candidate.js';
import { longestRingMs } from './fit-budget.js';
import type { Situation } from './situation.js';

/** So long after its last call a phone is let alone: news of a call's end may get here before its BYE gets to the phone. */
const REST_MS = 1_000;
/** So long after an agent was tried for a caller nobody tries again, however soon the policy would have it. */
const PAUSE_MS = 10_000;
/** Of one agent: more would not fit into what Kamailio reads at once over TCP (tcp_rd_buf_size, 16 KB). */
const MAX_WAYS = 3;
const CALLED: readonly string[] = ['free', 'unproved'];

/** The ways to those agents to whom a caller on hold may return, in the skillset's order. */
export function freeAgents(situation: Situation, bypass: boolean): Candidate[] {
  const { at, agents } = situation;
  const free = new Set(agents.filter(({ state }) => mayBeCalled(state, at)).map(({ agent }) => agent));
  const { called } = callAgents(situation, bypass);
  return called.filter(({ agent, code }) => CALLED.includes(code) && free.has(agent ?? ''));
}

/** Nobody waits on hold while an agent whose call can't be proved may be free; unless that agent has just not taken a call. */
function mayBeCalled({ idle_since, unproved, activity, put_last }: AgentState, at: number): boolean {
  if (unproved && (activity !== 'busy' || (put_last && put_last.until > at))) return false;
  return at - idle_since >= REST_MS;
}

/** The ways to the first of them who wasn't tried for this caller just now; none when there is nobody. */
export function nextAgent(
  free: readonly Candidate[],
  { at, limits }: Pick<Situation, 'at' | 'limits'>,
  tried: ReadonlyMap<string, number>,
): Candidate[] {
  const first = free.find(({ agent }) => at - (tried.get(agent ?? '') ?? 0) >= PAUSE_MS);
  if (!first) return [];
  return free
    .filter(({ agent }) => agent === first.agent)
    .slice(0, MAX_WAYS)
    .map((way) => ({
      ...way,
      ...{ block: 0, together: false },
      ring_ms: Math.min(way.ring_ms, longestRingMs(limits.max_inv_lifetime_ms)),
      because: `returned from hold: ${way.because}`,
    }));
}

/** In which order the agents of a skillset are called. Pure: whoever asks again for one call gets one answer. */
import type { Order } from '../directory/contact-center.js';
import type { AgentState } from '../live/agent-state.js';
import { lotOf } from '../live/lot.js';
import { placeWord } from './agent-words.js';

/** An agent with the skill who has at least one phone or contact. */
export interface AgentCandidate {
  readonly agent: string;
  readonly level: number;
  readonly weight: number;
  readonly state: AgentState;
  /** The operator's order to pause, or null. */
  readonly paused: { readonly reason: string; readonly by: string } | null;
}

/**
 * Before any order comes how likely the agent is to take the call:
 *
 *     free      without a call; also who is reserved for, or rings with, this very call
 *     reserved  another call has put the agent first and may still take it
 *     ringing   a phone of the agent rings with another call, which may yet end unanswered
 *     put_last  didn't answer or wasn't reached a while ago
 *     unproved  is in a call of which nothing proves any more that it goes on
 */
export type AgentClass = 'free' | 'reserved' | 'ringing' | 'put_last' | 'unproved';

export interface OrderedAgent {
  readonly agent: string;
  /** Equal ones ring together; they count up from 0. */
  readonly group: number;
  readonly code: AgentClass;
  readonly because: string;
}

export interface LeftOut {
  readonly agent: string;
  readonly code: 'busy' | 'paused';
  readonly because: string;
}

export interface AgentOrder {
  readonly order: Order;
  readonly group_size: number;
  /** For the words alone. */
  readonly skillset: string;
}

export interface OrderedCall {
  readonly call_id: string;
  /** ms since the epoch. */
  readonly now: number;
}

const CLASSES: readonly AgentClass[] = ['free', 'reserved', 'ringing', 'put_last', 'unproved'];
const LOTS = 2 ** 32;

interface Ranked {
  readonly candidate: AgentCandidate;
  readonly code: AgentClass;
  /** Compared from left to right, the lower first; the name decides in the end. */
  readonly rank: readonly number[];
}

/** Paused agents, and busy ones whose call is proved, are out; everybody else is called, each once. */
export function orderAgents(
  candidates: readonly AgentCandidate[],
  policy: AgentOrder,
  call: OrderedCall,
): { called: OrderedAgent[]; out: LeftOut[] } {
  const called: Ranked[] = [];
  const out: LeftOut[] = [];
  for (const candidate of candidates) {
    const left = leftOut(candidate);
    if (left) out.push(left);
    else called.push(ranked(candidate, policy.order, call));
  }
  called.sort((a, b) => byRank(a.rank, b.rank) || byName(a.candidate, b.candidate));
  const groups = groupsOf(called, policy);
  return {
    called: called.map(({ candidate, code }, i) => ({
      agent: candidate.agent,
      group: groups[i] as number,
      code,
      because: placeWord(candidate, code, policy, call.now),
    })),
    out: out.sort(byName),
  };
}

function leftOut({ agent, paused, state }: AgentCandidate): LeftOut | null {
  // An operator's order stands for longer than any call.
  if (paused) return { agent, code: 'paused', because: `paused by ${paused.by}: ${paused.reason}` };
  return state.activity === 'busy' && !state.unproved ? { agent, code: 'busy', because: 'in a call' } : null;
}

function ranked(candidate: AgentCandidate, order: Order, call: OrderedCall): Ranked {
  const code = classOf(candidate.state, call);
  return { candidate, code, rank: [CLASSES.indexOf(code), ...rankWithin(candidate, order, call.call_id)] };
}

function classOf({ activity, unproved, call_id, put_last }: AgentState, call: OrderedCall): AgentClass {
  if (unproved) return 'unproved';
  if (put_last && put_last.until > call.now) return 'put_last';
  return activity === 'busy' || call_id === call.call_id ? 'free' : activity;
}

function rankWithin({ agent, level, weight, state }: AgentCandidate, order: Order, callId: string): number[] {
  switch (order) {
    case 'priority':
      return [level];
    case 'skill_level':
      return [level, lotOf(`${callId} ${agent}`, LOTS)];
    case 'longest_idle':
      return [level, state.idle_since];
    case 'round_robin':
      return [state.offered_at];
    case 'weighted':
      return [waitOf(lotOf(`${callId} ${agent}`, LOTS), weight)];
    case 'simultaneous':
      return [state.idle_since];
  }
}

/**
 * The time until the first event of a Poisson process whose rate is the weight: of several such times each is the
 * shortest with a chance in proportion to its weight, and so on among those that are left.
 */
function waitOf(lot: number, weight: number): number {
  return -Math.log((lot + 0.5) / LOTS) / weight;
}

/** No group mixes classes: who might be taken by another call must not keep the free ones waiting. */
function groupsOf(called: readonly Ranked[], { order, group_size }: AgentOrder): number[] {
  const size = order === 'simultaneous' ? group_size : 1;
  const groups: number[] = [];
  let group = -1;
  let members = 0;
  for (const [i, { code }] of called.entries()) {
    if (members === size || code !== called[i - 1]?.code) {
      group += 1;
      members = 0;
    }
    members += 1;
    groups.push(group);
  }
  return groups;
}

function byRank(a: readonly number[], b: readonly number[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i] as number;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function byName(a: { readonly agent: string }, b: { readonly agent: string }): number {
  if (a.agent === b.agent) return 0;
  return a.agent < b.agent ? -1 : 1;
}

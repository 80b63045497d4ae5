import { FR_TIMER_MS } from '../directory/contact-center.js';
import type { Candidate, LeftOut } from './candidate.js';
import { type OrderedAgent, orderAgents } from './order-agents.js';
import type { KnownAgent, Situation, Way } from './situation.js';

export interface CalledAgents {
  readonly called: readonly Candidate[];
  readonly out: readonly LeftOut[];
}

/** Which agents are called, by which ways, in which order; nobody's place depends on the order in which they came here. */
export function callAgents(situation: Situation, bypass: boolean): CalledAgents {
  if (situation.kind === 'treatment') return { called: [], out: [] };
  const agents = situation.agents.map((agent) => ({ ...agent, ...usable(agent, bypass) }));
  const reachable = agents.filter(({ ways }) => ways.length > 0);
  const out = [
    ...agents.flatMap(({ unused }) => unused),
    ...agents.filter(({ ways, unused }) => ways.length + unused.length === 0).map(notRegistered),
  ];
  if (situation.kind === 'agent') return { called: reachable.flatMap((one) => ownWays(situation, one)), out };

  const { policy, call_id, at, user } = situation;
  const { order, group_size } = policy;
  const ordered = orderAgents(reachable, { order, group_size, skillset: user }, { call_id, now: at });
  const ways = new Map(reachable.map(({ agent, ways }) => [agent, ways]));
  const called = ordered.called.flatMap((one) =>
    (ways.get(one.agent) ?? []).map((way, i) => candidateOf(situation, one, way, i)),
  );
  return {
    called,
    out: [...out, ...ordered.out.map((one) => ({ role: 'agent' as const, uri: null, ...one }))],
  };
}

/** Fixed contacts that are meant for a bypass only are no way while there is none. */
function usable({ agent, ways }: KnownAgent, bypass: boolean): { ways: Way[]; unused: LeftOut[] } {
  const wanted = ({ when }: Way) => when === 'always' || bypass;
  const unused = ways
    .filter((way) => !wanted(way))
    .map(
      ({ contact }): LeftOut => ({
        role: 'agent',
        agent,
        uri: contact,
        code: 'only_in_bypass',
        because: 'a contact for a bypass only, and there is none',
      }),
    );
  return { ways: ways.filter(wanted), unused };
}

function notRegistered({ agent }: KnownAgent): LeftOut {
  return { role: 'agent', agent, uri: null, code: 'not_registered', because: 'no phone is registered' };
}

/** More than an agent has ways: makes one row of groups and, within them, ways. */
const WAYS = 100;

function candidateOf({ policy }: Situation, one: OrderedAgent, way: Way, i: number): Candidate {
  const { agent, group, code, because } = one;
  const together = policy.order === 'simultaneous';
  // An agent who doesn't take the call at the desk may take it at a fixed contact: each of these is tried for itself.
  const apart = way.endpoint === null && !together;
  return {
    ...phone(agent, way),
    ring_ms: policy.ring_ms,
    block: group * WAYS + (apart ? 1 + i : 0),
    together,
    code,
    because: because + heldWord(way),
  };
}

/** Such a phone may have gone meanwhile: it hasn't registered for longer than it said. */
function heldWord({ held }: Way): string {
  return held ? ', held past its expiry' : '';
}

/** On the agent's own address every way is tried, whatever the agent does: who calls there wants this agent. */
function ownWays(
  { policy }: Situation,
  { agent, ways }: { agent: string; ways: readonly Way[] },
): Candidate[] {
  return ways.map((way, block) => ({
    ...phone(agent, way),
    ring_ms: policy.ring_ms,
    block,
    together: false,
    code: 'own',
    because: (way.endpoint === null ? 'own contact' : 'own endpoint') + heldWord(way),
  }));
}

function phone(agent: string, { contact, path, received, endpoint }: Way) {
  return {
    role: 'agent' as const,
    agent,
    uri: contact,
    contact,
    path,
    received,
    endpoint,
    fr_timer_ms: FR_TIMER_MS,
    hold: false,
  };
}

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
  const { agents } = situation;
  const waysOf = new Map(
    agents.map(({ agent, ways }) => [agent, ways.filter((way) => isUsable(way, bypass))]),
  );
  const out = [
    ...agents.flatMap((one) => unusedWays(one, bypass)),
    ...agents.filter(({ ways }) => ways.length === 0).map(notRegistered),
  ];
  if (situation.kind === 'agent') {
    return {
      called: agents.flatMap(({ agent }) => ownWays(situation, agent, waysOf.get(agent) ?? [])),
      out,
    };
  }

  const { policy, call_id, at, user } = situation;
  const { order, group_size } = policy;
  const reachable = agents.filter(({ agent }) => waysOf.get(agent)?.length);
  const ordered = orderAgents(reachable, { order, group_size, skillset: user }, { call_id, now: at });
  const called = ordered.called.flatMap((one) =>
    (waysOf.get(one.agent) ?? []).map((way, i) => candidateOf(situation, one, way, i)),
  );
  return {
    called,
    out: [...out, ...ordered.out.map((one) => ({ role: 'agent' as const, uri: null, ...one }))],
  };
}

/** Fixed contacts that are meant for a bypass only are no way while there is none. */
function isUsable({ when }: Way, bypass: boolean): boolean {
  return when === 'always' || bypass;
}

function unusedWays({ agent, ways }: KnownAgent, bypass: boolean): LeftOut[] {
  return ways
    .filter((way) => !isUsable(way, bypass))
    .map(({ contact }) => ({
      role: 'agent',
      agent,
      uri: contact,
      code: 'only_in_bypass',
      because: 'a contact for a bypass only, and there is none',
    }));
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
  const block = group * WAYS + (apart ? 1 + i : 0);
  return phone(agent, way, { ring_ms: policy.ring_ms, block, together, code, because });
}

/** Such a phone may have gone meanwhile: it hasn't registered for longer than it said. */
function heldWord({ held }: Way): string {
  return held ? ', held past its expiry' : '';
}

/** On the agent's own address every way is tried, whatever the agent does: who calls there wants this agent. */
function ownWays({ policy }: Situation, agent: string, ways: readonly Way[]): Candidate[] {
  return ways.map((way, block) => {
    const because = way.endpoint === null ? 'own contact' : 'own endpoint';
    return phone(agent, way, { ring_ms: policy.ring_ms, block, together: false, code: 'own', because });
  });
}

/** Written out, since object spreads in it took half of a decision's time: there is one for each phone of each agent. */
function phone(
  agent: string,
  way: Way,
  place: Pick<Candidate, 'ring_ms' | 'block' | 'together' | 'code' | 'because'>,
): Candidate {
  return {
    role: 'agent',
    agent,
    uri: way.contact,
    contact: way.contact,
    path: way.path,
    received: way.received,
    endpoint: way.endpoint,
    fr_timer_ms: FR_TIMER_MS,
    ring_ms: place.ring_ms,
    block: place.block,
    together: place.together,
    hold: false,
    code: place.code,
    because: place.because + heldWord(way),
  };
}

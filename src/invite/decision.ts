import type { FollowedCall } from '../live/followed-call.js';
import type { LeftOut } from './candidate.js';
import type { Decided } from './decide.js';
import type { RouteDocument, RouteRequest } from './invite.schema.js';
import type { Situation } from './situation.js';

/** What is kept of a decision, for whoever asks why. */
export interface Decision {
  readonly id: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly domain: string;
  readonly address: string;
  readonly bypass: boolean;
  readonly drill: boolean;
  readonly node: string | null;
  readonly call_id: string;
  readonly caller: string | null;
  readonly source_ip: string | null;
  readonly targets: RouteDocument['targets'];
  readonly out: readonly LeftOut[];
  readonly situation: Situation;
}

/** Of a skillset's agents so many are recorded, those who were called first: far more than one call can try. */
const RECORDED = 40;

export function decisionOf(
  { decision, targets }: Pick<RouteDocument, 'decision' | 'targets'>,
  { node = null, from = null, source_ip = null }: RouteRequest,
  situation: Situation,
  { bypass, drill, out }: Decided,
): Decision {
  const { at, domain, address, call_id } = situation;
  return {
    ...{ id: decision, at, domain, address, bypass, drill, node, call_id, caller: from, source_ip, targets },
    out: out.slice(0, RECORDED),
    situation: recorded(situation, targets, out),
  };
}

/**
 * The same decision comes out of it: agents who were tried are kept first, then those who were next in line; of the
 * others only the number.
 */
function recorded(
  situation: Situation,
  targets: RouteDocument['targets'],
  out: readonly LeftOut[],
): Situation {
  const { agents } = situation;
  if (agents.length <= RECORDED) return situation;
  const inLine = [...targets, ...out].flatMap(({ agent }) => agent ?? []);
  const names = new Set([...new Set(inLine)].slice(0, RECORDED));
  const kept = agents.filter(({ agent }) => names.has(agent));
  return { ...situation, agents: kept, unrecorded_agents: agents.length - kept.length };
}

/** The same call as it is followed while it lasts. */
export function followedCall(decision: Decision, { reserved, targets }: Decided): FollowedCall {
  const { id, at, domain, call_id, node, situation } = decision;
  return {
    ...{ decision: id, at, domain, call_id, node, reserved },
    user: situation.user,
    kind: situation.kind,
    targets: targets.map(({ role, uri, agent, endpoint }) => ({ role, uri, agent, endpoint })),
  };
}

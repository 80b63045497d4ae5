import { uuidv7 } from 'uuidv7';
import type { ResolvedAddress } from '../directory/directory.js';
import type { FollowedCall } from '../live/followed-call.js';
import { asRtjson } from './as-rtjson.js';
import { type Decided, decide } from './decide.js';
import { type Decision, decisionOf, followedCall } from './decision.js';
import { type CallFacts, gatherSituation, type SituationDeps } from './gather-situation.js';
import type { RouteDocument, RouteRequest } from './invite.schema.js';

export interface RouteCallDeps extends SituationDeps {
  readonly calls: {
    decided(call: FollowedCall): void;
    /** Also tells whether the agents who are called first are this call's, or another instance was faster. */
    claimed(call: FollowedCall, begun: number): Promise<boolean>;
  };
  readonly clock: () => number;
}

/** Each time one agent less is free; so many calls at the same moment are not taken by other instances. */
const TRIES = 10;

/** Decides, again if another instance has just called the same agent; undefined when nobody takes calls now. */
export async function routeCall(
  deps: RouteCallDeps,
  resolved: ResolvedAddress,
  { request, facts }: { readonly request: RouteRequest; readonly facts: CallFacts },
): Promise<{ document: RouteDocument; decision: Decision } | undefined> {
  const begun = performance.now();
  for (let tries = 1; ; tries++) {
    const situation = gatherSituation(deps, resolved, facts, deps.clock());
    const decided = decide(situation);
    if (decided.targets.length === 0) return undefined;
    const document = asRtjson({ situation, decided, ...resolved.center }, uuidv7());
    const decision = decisionOf(document, request, situation, decided);
    const call = followedCall(decision, decided);
    if (!callsAgentsFirst(decided) || tries === TRIES) {
      deps.calls.decided(call);
      return { document, decision };
    }
    if (await deps.calls.claimed(call, begun)) return { document, decision };
  }
}

/** While the contact center comes first its agents are its own business, and nobody waits. */
function callsAgentsFirst({ reserved, targets }: Decided): boolean {
  return reserved !== null && targets[0]?.role === 'agent';
}

import type { ContactCenter } from '../../src/directory/contact-center.js';
import { Directory } from '../../src/directory/directory.js';
import { type Endpoint, MAX_BRANCHES, MAX_INV_LIFETIME_MS } from '../../src/directory/endpoint.js';
import { type CallFacts, gatherSituation } from '../../src/invite/gather-situation.js';
import type { Situation } from '../../src/invite/situation.js';
import { type AgentState, NEVER_SEEN } from '../../src/live/agent-state.js';
import type { Override } from '../../src/live/override.js';
import { HEALTHY, type Standing } from '../../src/live/standing.js';
import { NOW } from './contact-center.js';

export interface Circumstances extends Partial<CallFacts> {
  /** By the URI of the location or treatment. */
  readonly standings?: Readonly<Record<string, Standing>>;
  /** By the agent's name. */
  readonly states?: Readonly<Record<string, Partial<AgentState>>>;
  readonly overrides?: readonly Override[];
}

/** What a decision on a call to `user` depends on, when these phones are registered and all else is well. */
export function situationOf(
  center: ContactCenter,
  user: string,
  endpoints: readonly Endpoint[] = [],
  { standings = {}, states = {}, overrides = [], ...call }: Circumstances = {},
): Situation {
  const directory = new Directory();
  directory.putContactCenter(center);
  for (const one of endpoints) directory.putEndpoint(one);
  const resolved = directory.resolve({ user, domain: center.domain });
  if (!resolved) throw new Error(`${user} is not provisioned`);
  const deps = {
    directory,
    standings: { standing: (_domain: string, uri: string) => standings[uri] ?? HEALTHY },
    overrides: { active: () => overrides },
    agents: { of: (_domain: string, agent: string) => ({ ...NEVER_SEEN, ...states[agent] }) },
  };
  const facts: CallFacts = {
    call_id: 'call-1',
    caller: null,
    drill: false,
    fromContactCenter: false,
    limits: { max_branches: MAX_BRANCHES, max_inv_lifetime_ms: MAX_INV_LIFETIME_MS },
    ...call,
  };
  return gatherSituation(deps, resolved, facts, NOW);
}

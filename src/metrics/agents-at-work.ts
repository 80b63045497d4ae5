import type { Agent, ContactCenter } from '../directory/contact-center.js';
import type { Endpoint } from '../directory/endpoint.js';
import type { Activity, AgentStates } from '../live/agent-state.js';
import type { Override } from '../live/override.js';
import { pausesByAgent } from '../live/pauses.js';

export interface AgentsAtWorkDeps {
  readonly agents: AgentStates;
  readonly directory: { endpointsOf(domain: string, agent: string, now: number): readonly Endpoint[] };
  readonly overrides: { active(domain: string, now: number): readonly Override[] };
}

/** `free` are only those who could be called: neither paused nor without any phone. */
export const DOING = ['free', 'reserved', 'ringing', 'busy', 'paused', 'unregistered'] as const;
export const REGISTERED = ['registered', 'on_behalf', 'held'] as const;

export interface AgentsAtWork {
  /** Every agent is counted once. */
  readonly agents: Readonly<Record<(typeof DOING)[number], number>>;
  /** So is every endpoint. */
  readonly endpoints: Readonly<Record<(typeof REGISTERED)[number], number>>;
}

export function agentsAtWork(
  deps: AgentsAtWorkDeps,
  { domain, agents }: ContactCenter,
  now: number,
): AgentsAtWork {
  const paused = pausesByAgent(deps.overrides.active(domain, now));
  const found = {
    agents: { free: 0, reserved: 0, ringing: 0, busy: 0, paused: 0, unregistered: 0 },
    endpoints: { registered: 0, on_behalf: 0, held: 0 },
  };
  for (const agent of agents) {
    const endpoints = deps.directory.endpointsOf(domain, agent.name, now);
    const { activity } = deps.agents.of(domain, agent.name, now);
    found.agents[doing(agent, activity, paused.has(agent.name), endpoints)] += 1;
    for (const endpoint of endpoints) found.endpoints[registeredAs(endpoint)] += 1;
  }
  return found;
}

function doing(
  { contacts }: Agent,
  activity: Activity,
  paused: boolean,
  endpoints: readonly Endpoint[],
): keyof AgentsAtWork['agents'] {
  if (activity !== 'free') return activity;
  if (paused) return 'paused';
  return endpoints.length + contacts.length > 0 ? 'free' : 'unregistered';
}

function registeredAs({ held_since, on_behalf }: Endpoint): keyof AgentsAtWork['endpoints'] {
  if (held_since !== null) return 'held';
  return on_behalf ? 'on_behalf' : 'registered';
}

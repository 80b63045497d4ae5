import type { Agent } from '../directory/contact-center.js';
import type { Directory, ResolvedAddress } from '../directory/directory.js';
import type { AgentStates } from '../live/agent-state.js';
import type { BypassDeps } from '../live/bypass.js';
import type { Override } from '../live/override.js';
import { pausesByAgent } from '../live/pauses.js';
import { parseUri, printUri, withUser } from '../sip/uri.js';
import type { KnownAgent, KnownTreatment, Limits, Situation, Way } from './situation.js';

export interface SituationDeps extends BypassDeps {
  readonly directory: Directory;
  readonly agents: AgentStates;
}

/** What is known of the call itself. */
export interface CallFacts {
  readonly call_id: string;
  readonly caller: string | null;
  readonly drill: boolean;
  readonly fromContactCenter: boolean;
  readonly limits: Limits;
}

/** On an agent's own address nobody waits for the next colleague, so a phone may ring for longer. */
const OWN_RING_MS = 30_000;

/** What a decision for this address depends on at this moment. */
export function gatherSituation(
  deps: SituationDeps,
  resolved: ResolvedAddress,
  call: CallFacts,
  now: number,
): Situation {
  const { center, aor, user, kind } = resolved;
  const { domain, locations } = center;
  const overrides = deps.overrides.active(domain, now);
  const skillset = resolved.kind === 'skillset' ? resolved.skillset : null;
  const pauses = pausesByAgent(overrides);
  return {
    at: now,
    call_id: call.call_id,
    caller: call.caller,
    drill: call.drill,
    from_contact_center: call.fromContactCenter,
    domain,
    address: aor,
    user,
    kind,
    limits: call.limits,
    policy: {
      order: skillset?.order ?? 'priority',
      group_size: skillset?.group_size ?? 1,
      ring_ms: skillset ? skillset.ring_seconds * 1_000 : OWN_RING_MS,
      patience_ms: center.caller_patience_seconds * 1_000,
      when_down: center.when_down,
    },
    overrides: overrides.filter((one) => one.kind !== 'pause'),
    locations: locations.map(({ uri, fr_timer_ms }) => ({
      uri,
      contact: printUri(withUser(parseUri(uri), user)),
      fr_timer_ms,
      standing: deps.standings.standing(domain, uri, user, now),
    })),
    agents: skilledAgents(deps.directory, resolved).map(({ agent, level }) =>
      knownAgent(deps, domain, { agent, level, pause: pauses.get(agent.name) }, now),
    ),
    unrecorded_agents: 0,
    treatment: knownTreatment(deps, resolved, now),
  };
}

function skilledAgents(
  directory: Directory,
  resolved: ResolvedAddress,
): readonly { readonly agent: Agent; readonly level: number }[] {
  if (resolved.kind === 'agent') return [{ agent: resolved.agent, level: 0 }];
  if (resolved.kind === 'treatment') return [];
  return directory.agentsOf(resolved.center.domain, resolved.skillset.name);
}

function knownAgent(
  { directory, agents }: SituationDeps,
  domain: string,
  known: { agent: Agent; level: number; pause: Override | undefined },
  now: number,
): KnownAgent {
  const { agent, level, pause } = known;
  const endpoints = directory.endpointsOf(domain, agent.name, now).map(
    ({ contact, path, received, key, held_since }): Way => ({
      contact,
      path,
      received,
      endpoint: key,
      when: 'always',
      held: held_since !== null,
    }),
  );
  const fixed = agent.contacts.map(
    ({ uri, when }): Way => ({
      ...{ contact: uri, path: null, received: null, endpoint: null, when },
      held: false,
    }),
  );
  return {
    agent: agent.name,
    level,
    weight: agent.weight,
    state: agents.of(domain, agent.name, now),
    paused: pause ? { reason: pause.reason, by: pause.by } : null,
    ways: fixed.length > 0 ? [...endpoints, ...fixed] : endpoints,
  };
}

function knownTreatment(
  { directory, standings }: SituationDeps,
  resolved: ResolvedAddress,
  now: number,
): KnownTreatment | null {
  const { domain } = resolved.center;
  const treatment =
    resolved.kind === 'treatment'
      ? resolved.treatment
      : resolved.kind === 'skillset' && resolved.skillset.treatment !== null
        ? directory.treatment(domain, resolved.skillset.treatment)
        : undefined;
  if (!treatment) return null;
  const { name, uri, fr_timer_ms, hold_seconds } = treatment;
  return {
    name,
    uri,
    contact: printUri(withUser(parseUri(uri), name)),
    fr_timer_ms,
    hold_seconds: resolved.kind === 'skillset' ? hold_seconds : null,
    standing: standings.standing(domain, uri, resolved.user, now),
  };
}

import {
  type Agent,
  type ContactCenter,
  EXPIRY,
  FAILOVER_ON,
  FR_TIMER_MS,
  GROUP_SIZE,
  HEALTH,
  type Location,
  ORDER,
  POLICY,
  RING_SECONDS,
  type Skillset,
  type Treatment,
  WEIGHT,
} from '../directory/contact-center.js';
import type {
  AgentBody,
  ContactCenterBody,
  LocationBody,
  SkillsetBody,
  TreatmentBody,
} from './contact-center.schema.js';
import { CONTACT_WHEN, HEADERS, MODE } from './limits.js';

/** The document with every default filled in, in the order in which it was given, so that errors can name positions. */
export function completeContactCenter(domain: string, body: ContactCenterBody): ContactCenter {
  return {
    domain,
    mode: body.mode ?? MODE,
    locations: completeLocations(body.locations),
    treatments: (body.treatments ?? []).map((treatment) => completeTreatment(treatment.name, treatment)),
    skillsets: (body.skillsets ?? []).map((skillset) => completeSkillset(skillset.name, skillset)),
    agents: (body.agents ?? []).map((agent) => completeAgent(agent.name, agent)),
    expiry: { ...EXPIRY, ...body.expiry },
    failover_on: { ...FAILOVER_ON, ...body.failover_on },
    headers: body.headers ?? HEADERS,
    health: { ...HEALTH, ...body.health },
    when_down: body.when_down ?? POLICY.when_down,
    progress_timer_ms: body.progress_timer_ms ?? POLICY.progress_timer_ms,
    caller_patience_seconds: body.caller_patience_seconds ?? POLICY.caller_patience_seconds,
    put_last_seconds: body.put_last_seconds ?? POLICY.put_last_seconds,
    held_seconds: body.held_seconds ?? POLICY.held_seconds,
    drill_sources: body.drill_sources ?? POLICY.drill_sources,
    registers_agents: body.registers_agents ?? POLICY.registers_agents,
    phones_in_bypass: body.phones_in_bypass ?? POLICY.phones_in_bypass,
    authenticate_agents: body.authenticate_agents ?? POLICY.authenticate_agents,
    allowed_networks: body.allowed_networks ?? POLICY.allowed_networks,
    caller_networks: body.caller_networks ?? POLICY.caller_networks,
  };
}

export function completeLocations(locations: readonly LocationBody[]): Location[] {
  return locations.map(({ uri, priority, fr_timer_ms }, i) => ({
    uri,
    priority: priority ?? i + 1,
    fr_timer_ms: fr_timer_ms ?? FR_TIMER_MS,
  }));
}

export function completeTreatment(name: string, body: TreatmentBody): Treatment {
  const { kind, uri, fr_timer_ms, hold_seconds } = body;
  return { name, kind, uri, fr_timer_ms: fr_timer_ms ?? FR_TIMER_MS, hold_seconds: hold_seconds ?? null };
}

export function completeSkillset(name: string, body: SkillsetBody): Skillset {
  return {
    name,
    treatment: body.treatment ?? null,
    ring_seconds: body.ring_seconds ?? RING_SECONDS,
    order: body.order ?? ORDER,
    group_size: body.group_size ?? GROUP_SIZE,
  };
}

export function completeAgent(name: string, { skills, weight, contacts }: AgentBody): Agent {
  return {
    name,
    skills: skills ?? {},
    weight: weight ?? WEIGHT,
    contacts: (contacts ?? []).map(({ uri, when }) => ({ uri, when: when ?? CONTACT_WHEN })),
  };
}

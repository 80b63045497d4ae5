import {
  type Agent,
  type ContactCenter,
  EXPIRY,
  FAILOVER_ON,
  FR_TIMER_MS,
  type Location,
  RING_SECONDS,
  type Skillset,
  type Treatment,
} from '../directory/contact-center.js';
import type {
  AgentBody,
  ContactCenterBody,
  LocationBody,
  SkillsetBody,
  TreatmentBody,
} from './contact-center.schema.js';
import { HEADERS, MODE } from './limits.js';

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
  };
}

export function completeLocations(locations: readonly LocationBody[]): Location[] {
  return locations.map(({ uri, priority, fr_timer_ms }, i) => ({
    uri,
    priority: priority ?? i + 1,
    fr_timer_ms: fr_timer_ms ?? FR_TIMER_MS,
  }));
}

export function completeTreatment(name: string, { kind, uri, fr_timer_ms }: TreatmentBody): Treatment {
  return { name, kind, uri, fr_timer_ms: fr_timer_ms ?? FR_TIMER_MS };
}

export function completeSkillset(name: string, { treatment, ring_seconds }: SkillsetBody): Skillset {
  return { name, treatment: treatment ?? null, ring_seconds: ring_seconds ?? RING_SECONDS };
}

export function completeAgent(name: string, { skills }: AgentBody): Agent {
  return { name, skills: skills ?? {} };
}

import type { Agent, ContactCenter, Skillset, Treatment } from '../directory/contact-center.js';
import { Problem } from '../errors.js';

export interface Parts {
  readonly skillsets: Skillset;
  readonly treatments: Treatment;
  readonly agents: Agent;
}
export type PartList = keyof Parts;

const WORD = { skillsets: 'skillset', treatments: 'treatment', agents: 'agent' } as const;

export function findPart<L extends PartList>(center: ContactCenter, list: L, name: string): Parts[L] {
  const part = center[list].find((other) => other.name === name);
  if (!part) throw new Problem('not_found', `${center.domain} has no ${WORD[list]} ${name}`);
  return part as Parts[L];
}

/** In the place of the one that has its name, else at the end. */
export function withPart<L extends PartList>(
  center: ContactCenter,
  list: L,
  part: Parts[L],
): { center: ContactCenter; at: string } {
  const parts: Parts[PartList][] = [...center[list]];
  const found = parts.findIndex((other) => other.name === part.name);
  const place = found === -1 ? parts.length : found;
  parts[place] = part;
  return { center: { ...center, [list]: parts }, at: `/${list}/${place}` };
}

export function withoutPart(center: ContactCenter, list: PartList, name: string): ContactCenter {
  findPart(center, list, name);
  const users = usersOf(center, list, name);
  if (users.length > 0) {
    throw new Problem('conflict', `The ${WORD[list]} ${name} is used by ${listed(users)}`, {
      extra: { used_by: users.slice(0, MAX_USERS) },
    });
  }
  return { ...center, [list]: center[list].filter((other) => other.name !== name) };
}

export function withSkill(
  center: ContactCenter,
  agent: string,
  skillset: string,
  level: number,
): ContactCenter {
  const before = findPart(center, 'agents', agent);
  findPart(center, 'skillsets', skillset);
  const skills = { ...before.skills, [skillset]: level };
  return withPart(center, 'agents', { ...before, skills }).center;
}

export function withoutSkill(center: ContactCenter, agent: string, skillset: string): ContactCenter {
  levelOf(center, agent, skillset);
  const before = findPart(center, 'agents', agent);
  const { [skillset]: _, ...skills } = before.skills;
  return withPart(center, 'agents', { ...before, skills }).center;
}

export function hasSkill(center: ContactCenter, agent: string, skillset: string): boolean {
  return Object.hasOwn(findPart(center, 'agents', agent).skills, skillset);
}

export function levelOf(center: ContactCenter, agent: string, skillset: string): number {
  const { skills } = findPart(center, 'agents', agent);
  const level = Object.hasOwn(skills, skillset) ? skills[skillset] : undefined;
  if (level === undefined)
    throw new Problem('not_found', `The agent ${agent} doesn't have the skill ${skillset}`);
  return level;
}

/** Who would name what isn't there any more. */
function usersOf({ skillsets, agents }: ContactCenter, list: PartList, name: string): string[] {
  if (list === 'treatments') {
    return skillsets.filter(({ treatment }) => treatment === name).map((skillset) => skillset.name);
  }
  if (list === 'agents') return [];
  return agents.filter(({ skills }) => Object.hasOwn(skills, name)).map((agent) => agent.name);
}

const MAX_USERS = 100;
const MAX_LISTED = 10;

function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return names.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

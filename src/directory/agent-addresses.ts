import type { Agent, ContactCenter } from './contact-center.js';
import type { Directory, ResolvedAddress } from './directory.js';

/** The addresses on which an agent's endpoints are bound: the agent's own, then those of its skillsets by name. */
export function agentAddresses(directory: Directory, center: ContactCenter, agent: Agent): ResolvedAddress[] {
  return [agent.name, ...Object.keys(agent.skills).sort()].flatMap(
    (user) => directory.resolve({ user, domain: center.domain }) ?? [],
  );
}

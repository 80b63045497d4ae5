import { agentAddresses } from '../directory/agent-addresses.js';
import type { Directory } from '../directory/directory.js';
import type { Endpoint } from '../directory/endpoint.js';

/** The addresses (`sip:user@domain`) on which this endpoint is bound; none when its agent is not provisioned any more. */
export function addressesOf(
  directory: Directory,
  { domain, agent: user }: Pick<Endpoint, 'domain' | 'agent'>,
): string[] {
  const resolved = directory.resolve({ user, domain });
  if (resolved?.kind !== 'agent') return [];
  return agentAddresses(directory, resolved.center, resolved.agent).map(({ aor }) => aor);
}

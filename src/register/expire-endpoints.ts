import { agentAddresses } from '../directory/agent-addresses.js';
import type { Directory } from '../directory/directory.js';
import type { Registrars } from '../kamailio/registrars.js';
import { type EndpointChanges, rowOf } from './endpoint-change.js';

export interface ExpiryDeps {
  readonly directory: Directory;
  readonly registrars: Pick<Registrars, 'changed'>;
  readonly endpoints: EndpointChanges;
  readonly clock: () => number;
}

const EVERY_MS = 1_000;

/**
 * Clears away what has expired; no answer had it any more, but the next best agent may take its place at the
 * registrars. Returns what stops it.
 */
export function expireEndpoints(deps: ExpiryDeps): () => void {
  const timer = setInterval(() => expireDue(deps), EVERY_MS).unref();
  return () => clearInterval(timer);
}

export function expireDue({ directory, registrars, endpoints, clock }: ExpiryDeps): void {
  const aors = new Set<string>();
  for (const endpoint of directory.takeExpired(clock())) {
    endpoints.put(rowOf(endpoint), { kind: 'remove', endpoint });
    const center = directory.contactCenter(endpoint.domain);
    const agent = center?.agents.find(({ name }) => name === endpoint.agent);
    if (!center || !agent) continue;
    for (const { aor } of agentAddresses(directory, center, agent)) aors.add(aor);
  }
  if (aors.size > 0) registrars.changed(aors);
}

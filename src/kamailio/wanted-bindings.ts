import type { Directory } from '../directory/directory.js';
import { heldBindings } from '../directory/held-bindings.js';
import { parseAddress } from '../sip/address.js';
import type { Wanted } from './held.js';

const FOR_GOOD = Number.POSITIVE_INFINITY;

/**
 * What a registrar should hold for an address and until when; nothing for an address that is none of ours any more. An
 * endpoint's bindings end with it, all others are for good; but on an agent's own address the contact center's ride on the
 * phones' REGISTERs (B10), so there it is enough that they last as long as the endpoints.
 */
export function wantedBindings(directory: Directory, aor: string, now: number): Wanted[] {
  const resolved = directory.resolve(parseAddress(aor));
  if (!resolved) return [];
  const bindings = heldBindings(directory, resolved, now);
  const ends = bindings.flatMap(({ endpoint }) => (endpoint ? [endpoint.expires_at] : []));
  const others = resolved.kind === 'agent' && ends.length > 0 ? Math.max(...ends) : FOR_GOOD;
  return bindings.map((binding) => ({
    resolved,
    binding,
    until: binding.endpoint?.expires_at ?? (binding.role === 'agent' ? FOR_GOOD : others),
  }));
}

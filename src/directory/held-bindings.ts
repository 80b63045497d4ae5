import { holdingLimit } from './agent-limit.js';
import { type Binding, bindingsInOrder } from './bindings-in-order.js';
import type { Directory, ResolvedAddress } from './directory.js';

/**
 * What a registrar holds for one address: as many agents as one call can try. A registrar knows a binding by its
 * contact URI, so when two have the same one, the better place is the one that is held.
 */
export function heldBindings(directory: Directory, resolved: ResolvedAddress, now: number): Binding[] {
  const limits = { agents: holdingLimit(resolved, directory.nodes()) };
  const contacts = new Set<string>();
  return bindingsInOrder(directory, resolved, limits, now).filter(({ contact }) => {
    const first = !contacts.has(contact);
    contacts.add(contact);
    return first;
  });
}

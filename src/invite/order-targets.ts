import type { Binding } from '../directory/bindings-in-order.js';

/** One place that a call may be sent to. */
export type Candidate = Pick<
  Binding,
  'contact' | 'role' | 'agent' | 'path' | 'received' | 'fr_timer_ms' | 'because'
>;

/**
 * The places for one call, in the order of the bindings (B3). A call that the contact center itself makes never goes
 * back to it: that would be a loop. No place is tried twice; where an agent has registered the treatment's own URI
 * the agent gives way, so that the treatment stays last.
 */
export function orderTargets(bindings: readonly Binding[], fromContactCenter: boolean): Candidate[] {
  const wanted = bindings.filter(({ role }) => !(fromContactCenter && role === 'contact_center'));
  const treatments = new Set(wanted.filter(({ role }) => role === 'treatment').map(place));
  const seen = new Set<string>();
  return wanted.filter((binding) => {
    const here = place(binding);
    if (seen.has(here) || (binding.role === 'agent' && treatments.has(here))) return false;
    seen.add(here);
    return true;
  });
}

/** One contact by two Paths is two places: the two flows of RFC 5626 §3.3, of which one may be dead. */
function place({ contact, path, received }: Binding): string {
  return [contact, path ?? '', received ?? ''].join(' ');
}

import type { ResolvedAddress } from './directory.js';
import { MAX_BRANCHES, type Node } from './endpoint.js';

/** A transaction suspended while the service is asked uses up one branch (Kamailio issue 1160). */
const SUSPENDED_BRANCHES = 1;

/**
 * How many agents' endpoints one call to this address can try: what is left of `max_branches` when every location and
 * the treatment have theirs. Agents give way, the treatment never does.
 */
export function agentLimit(resolved: ResolvedAddress, maxBranches: number): number {
  const treatments = resolved.kind === 'skillset' && resolved.skillset.treatment !== null ? 1 : 0;
  return Math.max(0, maxBranches - SUSPENDED_BRANCHES - resolved.center.locations.length - treatments);
}

/** How many a registrar holds: as many as the node with the fewest branches can try, so that all hold the same. */
export function holdingLimit(resolved: ResolvedAddress, nodes: readonly Node[]): number {
  const registrars = nodes.filter((node) => node.role === 'registrar');
  return agentLimit(
    resolved,
    registrars.length > 0 ? Math.min(...registrars.map((node) => node.max_branches)) : MAX_BRANCHES,
  );
}

import { bindingsInOrder } from '../directory/bindings-in-order.js';
import type { Directory, ResolvedAddress } from '../directory/directory.js';
import { MAX_BRANCHES, MAX_INV_LIFETIME_MS } from '../directory/endpoint.js';
import type { CallPlan } from './as-rtjson.js';
import { type Budget, fitBudget } from './fit-budget.js';
import { orderTargets } from './order-targets.js';

/** On an agent's own address nobody waits for the next colleague, so a phone may ring for longer. */
const OWN_RING_MS = 30_000;

/** Where a call for this address goes, and where next. */
export function planCall(
  directory: Directory,
  resolved: ResolvedAddress,
  call: { readonly budget: Budget; readonly fromContactCenter: boolean },
  now: number,
): CallPlan {
  const { budget } = call;
  const ring_ms = resolved.kind === 'skillset' ? resolved.skillset.ring_seconds * 1_000 : OWN_RING_MS;
  const bindings = bindingsInOrder(directory, resolved, { agents: budget.max_branches }, now);
  const candidates = fitBudget(orderTargets(bindings, call.fromContactCenter), budget, ring_ms);
  return { resolved, candidates, ring_ms, max_inv_lifetime_ms: budget.max_inv_lifetime_ms };
}

export function budgetOf(directory: Directory, node: string | null): Budget {
  const known = node === null ? undefined : directory.node(node);
  return known ?? { max_branches: MAX_BRANCHES, max_inv_lifetime_ms: MAX_INV_LIFETIME_MS };
}

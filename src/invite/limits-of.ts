import type { Directory } from '../directory/directory.js';
import { MAX_BRANCHES, MAX_INV_LIFETIME_MS } from '../directory/endpoint.js';
import type { Limits } from './situation.js';

/**
 * What the asking node's tm allows a call; unknown nodes have the defaults. Every node's branches are reckoned with one question
 * (fit-budget.ts); what further questions to other instances have used up is taken off here.
 */
export function limitsOf(directory: Directory, node: string | null, questions = 1): Limits {
  const known = node === null ? undefined : directory.node(node);
  return {
    max_branches: (known?.max_branches ?? MAX_BRANCHES) - (questions - 1),
    max_inv_lifetime_ms: known?.max_inv_lifetime_ms ?? MAX_INV_LIFETIME_MS,
  };
}

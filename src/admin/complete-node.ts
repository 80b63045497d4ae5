import { MAX_BRANCHES, MAX_INV_LIFETIME_MS, type Node } from '../directory/endpoint.js';
import { Problem } from '../errors.js';
import type { NodeBody } from './nodes.schema.js';

/** The node with every default filled in. */
export function completeNode(node: string, body: NodeBody): Node {
  return {
    node,
    role: body.role,
    rpc_url: checkedUrl(body.rpc_url ?? null),
    max_branches: body.max_branches ?? MAX_BRANCHES,
    max_inv_lifetime_ms: body.max_inv_lifetime_ms ?? MAX_INV_LIFETIME_MS,
  };
}

function checkedUrl(text: string | null): string | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw Problem.badFields([{ field: '/rpc_url', detail: 'is not an http or https URL' }]);
  }
  // It would be shown to whoever may see the nodes.
  if (url.username !== '' || url.password !== '') {
    throw Problem.badFields([{ field: '/rpc_url', detail: 'may not hold a user or password' }]);
  }
  return url.href;
}

/**
 * What becomes of an endpoint that runs out while its contact center is in bypass: the edge through which its phone would
 * refresh may have died with the contact center, so the phone is held for `held_seconds`, in steps, and reached without
 * that edge.
 */
import type { Endpoint, Node } from '../directory/endpoint.js';
import { firstHop, parsePath, printPath } from '../sip/path.js';
import { parseUri, printUri, uriParam } from '../sip/uri.js';

/** When the contact center is back, a phone that doesn't come again is gone after that. */
const STEP_MS = 600_000;

/** The endpoint as it is held from now on; undefined when its time is over. `node` is the one that took its REGISTER. */
export function holdEndpoint(
  endpoint: Endpoint,
  heldSeconds: number,
  node: Node | undefined,
  now: number,
): Endpoint | undefined {
  const held_since = endpoint.held_since ?? endpoint.expires_at;
  const end = held_since + heldSeconds * 1_000;
  if (now >= end) return undefined;
  const expires_at = Math.min(now + STEP_MS, end);
  const { path, received } =
    endpoint.held_since === null && node?.role !== 'registrar' ? withoutEdge(endpoint) : endpoint;
  return { ...endpoint, path, received, expires_at, held_since };
}

/** The way to the phone without the first hop of its Path, which is the edge: where the edge saw what lies behind it. */
export function withoutEdge({ path, received }: Pick<Endpoint, 'path' | 'received'>) {
  if (path === null) return { path, received };
  const [edge = '', ...rest] = parsePath(path);
  // What follows is a proxy of its own and says where it is.
  if (rest.length > 0) return { path: printPath(rest), received: null };
  return { path: null, received: seenAt(edge) ?? received };
}

/** The address in the `received` parameter of a hop, as an edge notes it. */
function seenAt(hop: string): string | undefined {
  const value = uriParam(parseUri(firstHop(hop)), 'received');
  return value ? printUri(parseUri(decodeURIComponent(value))) : undefined;
}

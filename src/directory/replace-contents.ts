import type { ContactCenter } from './contact-center.js';
import type { Credentials } from './credentials.js';
import type { Directory } from './directory.js';
import type { Endpoint, Node } from './endpoint.js';

export interface Contents {
  readonly centers: readonly ContactCenter[];
  readonly endpoints: readonly Endpoint[];
  readonly credentials: readonly Credentials[];
  readonly nodes: readonly Node[];
}

/** Makes the directory hold these and nothing else. */
export function replaceContents(
  directory: Directory,
  { centers, endpoints, credentials, nodes }: Contents,
): void {
  // Their endpoints go with them.
  for (const { domain } of directory.contactCenters()) directory.removeContactCenter(domain);
  for (const { node } of directory.nodes()) directory.removeNode(node);
  for (const center of centers) directory.putContactCenter(center);
  for (const endpoint of endpoints) directory.putEndpoint(endpoint);
  for (const one of credentials) directory.putCredentials(one);
  for (const node of nodes) directory.putNode(node);
}

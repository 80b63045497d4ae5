import { domainIn } from '../directory/find-contact-center.js';
import { Problem } from '../errors.js';
import { parseAddress } from '../sip/address.js';

/** Of a request that has passed its schemas. */
interface Asked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * Which contact centers a route is about, for accesses that are limited to some. The function tells the domain that a request
 * names, or undefined when it names none: then, and with `own`, the route itself leaves out and refuses what
 * `request.access` doesn't cover. `all`: nothing in it is one contact center's alone.
 */
export type Subject = 'all' | 'own' | ((asked: Asked) => string | undefined);

export function domainInPath({ params }: Asked): string {
  return domainIn('/domain', (params as { domain: string }).domain);
}

export function contactCenterInQuery({ query }: Asked): string | undefined {
  const { contact_center } = query as { contact_center?: string };
  return contact_center === undefined ? undefined : domainIn('/contact_center', contact_center);
}

export function contactCenterInBody({ body }: Asked): string {
  return domainIn('/contact_center', (body as { contact_center: string }).contact_center);
}

export function addressInQuery({ query }: Asked): string | undefined {
  const { address } = query as { address?: string };
  if (address === undefined) return undefined;
  return Problem.inField('/address', () => parseAddress(address)).domain;
}

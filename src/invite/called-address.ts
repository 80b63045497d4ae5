import type { Directory, ResolvedAddress } from '../directory/directory.js';
import { Problem } from '../errors.js';
import { parseAddress } from '../sip/address.js';
import { MAX_URI, parseUri } from '../sip/uri.js';

/** Whom the URI calls; `field` is where it stood in the request. */
export function calledAddress(directory: Directory, text: string, field: string): ResolvedAddress {
  const uri = text.length > MAX_URI ? withoutParameters(text) : text;
  // A URI without a user, such as sip:cc.example.com, is a good one: it just isn't one of our addresses.
  const resolved = Problem.inField(field, () =>
    parseUri(uri).user === null ? undefined : directory.resolve(parseAddress(uri)),
  );
  if (resolved) return resolved;
  throw unknownAddress();
}

/** Whom a URI calls whose parameters and headers are longer than we take; nothing is made of those. A user may hold a `;` (RFC 3261 §25.1). */
function withoutParameters(text: string): string {
  const end = text.slice(text.indexOf('@') + 1).search(/[;?]/);
  return end < 0 ? text : text.slice(0, text.indexOf('@') + 1 + end);
}

export function unknownAddress(): Problem {
  return new Problem('unknown_address', 'No contact center has this address');
}

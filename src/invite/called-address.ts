import type { Directory, ResolvedAddress } from '../directory/directory.js';
import { Problem } from '../errors.js';
import { parseAddress } from '../sip/address.js';
import { parseUri } from '../sip/uri.js';

/** Whom the URI calls; `field` is where it stood in the request. */
export function calledAddress(directory: Directory, text: string, field: string): ResolvedAddress {
  // A URI without a user, such as sip:cc.example.com, is a good one: it just isn't one of our addresses.
  const resolved = Problem.inField(field, () =>
    parseUri(text).user === null ? undefined : directory.resolve(parseAddress(text)),
  );
  if (resolved) return resolved;
  throw unknownAddress();
}

export function unknownAddress(): Problem {
  return new Problem('unknown_address', 'No contact center has this address');
}

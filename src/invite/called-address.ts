import type { Directory, ResolvedAddress } from '../directory/directory.js';
import { Problem } from '../errors.js';
import { parseAddress } from '../sip/address.js';
import { SipSyntaxError } from '../sip/sip-syntax-error.js';
import { parseUri } from '../sip/uri.js';

/** Whom the URI calls; `field` is where it stood in the request. */
export function calledAddress(directory: Directory, text: string, field: string): ResolvedAddress {
  try {
    // A URI without a user, such as sip:cc.example.com, is a good one: it just isn't one of our addresses.
    const resolved = parseUri(text).user === null ? undefined : directory.resolve(parseAddress(text));
    if (resolved) return resolved;
  } catch (error) {
    if (!(error instanceof SipSyntaxError)) throw error;
    throw Problem.badFields([{ field, detail: error.message }]);
  }
  throw new Problem('unknown_address', 'No contact center has this address');
}

import type { Directory } from '../directory/directory.js';
import { parseAddress, printAddress } from '../sip/address.js';
import { SipSyntaxError } from '../sip/sip-syntax-error.js';

/** What of a registrar's addresses, as usrloc has them, is in a domain of ours and is no address any more. */
export function leftOver(directory: Directory, usrlocAors: readonly string[]): string[] {
  return usrlocAors.flatMap((aor) => {
    const at = aor.lastIndexOf('@');
    const address = { user: aor.slice(0, at), domain: aor.slice(at + 1).toLowerCase() };
    if (at < 1 || !directory.contactCenter(address.domain) || directory.resolve(address)) return [];
    const printed = printAddress(address);
    return isAddress(printed) ? [printed] : [];
  });
}

/** Whoever registers through Kamailio alone may have a user that we don't take. */
function isAddress(text: string): boolean {
  try {
    parseAddress(text);
    return true;
  } catch (error) {
    if (error instanceof SipSyntaxError) return false;
    throw error;
  }
}

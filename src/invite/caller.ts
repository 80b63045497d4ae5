import { parseAddress, printAddress } from '../sip/address.js';
import { SipSyntaxError } from '../sip/sip-syntax-error.js';

/** `sip:user@host` of a From URI, as overrides name callers; null for a From without a user, or one that is no SIP URI. */
export function callerOf(from: string | null): string | null {
  if (from === null) return null;
  try {
    return printAddress(parseAddress(from));
  } catch (error) {
    if (error instanceof SipSyntaxError) return null;
    throw error;
  }
}

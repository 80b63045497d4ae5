import { SipSyntaxError } from './sip-syntax-error.js';
import { escapeUser, MAX_URI, parseUri } from './uri.js';

/** An address of record: whom people call. The user is not escaped, so equal addresses have equal fields. */
export interface Address {
  readonly user: string;
  readonly domain: string;
}

/** Scheme, password, port, parameters and headers of the URI don't tell addresses of record apart (RFC 3261 §10.3). */
export function parseAddress(text: string): Address {
  const uri = parseUri(text);
  if (uri.user === null) throw new SipSyntaxError('the address has no user');
  const address: Address = { user: unescapeUser(uri.user), domain: uri.host };
  if (printAddress(address).length > MAX_URI) {
    throw new SipSyntaxError(`the address is longer than ${MAX_URI} characters`);
  }
  return address;
}

export function printAddress(address: Address): string {
  return `sip:${escapeUser(address.user)}@${address.domain}`;
}

function unescapeUser(user: string): string {
  if (!user.includes('%')) return user;
  let decoded: string;
  try {
    decoded = decodeURIComponent(user);
  } catch (error) {
    throw new SipSyntaxError('the user of the address is not escaped UTF-8', { cause: error });
  }
  // Kamailio's registrar refuses them too, and Postgres can't store NUL.
  if (holdsControl(decoded)) throw new SipSyntaxError('the user of the address holds a control character');
  return decoded;
}

function holdsControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

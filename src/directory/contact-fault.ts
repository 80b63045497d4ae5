import { parseUri, uriParam } from '../sip/uri.js';
import { canonicalIp } from './canonical-ip.js';
import { isWithin } from './networks.js';

/**
 * No phone has such an address, and what is sent there reaches many, or ourselves: "this network" (RFC 1122 §3.2.1.3), multicast
 * and what is reserved above it, broadcast among it.
 */
const NO_PHONE: readonly string[] = ['0.0.0.0/8', '224.0.0.0/3', '::/128', 'ff00::/8'];

/**
 * Why requests may not be sent to this URI, or null. With `networks` it must be an address within them: what a name leads to, its owner
 * can change after it was looked at.
 */
export function contactFault(text: string, networks: readonly string[] | null): string | null {
  const uri = parseUri(text);
  const maddr = uriParam(uri, 'maddr');
  // Kamailio sends to where maddr says (RFC 3261 §16.6 step 7), others to the host.
  const hosts = typeof maddr === 'string' ? [uri.host, maddr] : [uri.host];
  for (const host of hosts) {
    const ip = canonicalIp(host);
    if (ip === null) {
      if (networks) return 'must be an address, not a name, since allowed_networks says which';
    } else if (isWithin(NO_PHONE, ip)) return 'is an address that no phone has';
    else if (networks && !isWithin(networks, ip)) return 'is outside of allowed_networks';
  }
  return null;
}

import { canonicalIp } from '../directory/canonical-ip.js';
import type { ContactCenter } from '../directory/contact-center.js';
import { parseUri, portOf } from '../sip/uri.js';

export interface CallSource {
  readonly ip: string | null;
  /** Known for UDP only: over TCP and TLS a caller's port is ephemeral and says nothing. */
  readonly port: number | null;
  /** The domain for which the decision was made whose id the INVITE carries, when it is one of ours. */
  readonly decidedFor: string | null;
}

/**
 * Whether the contact center itself makes this call: having taken a call for a skillset it calls its agents, and
 * those INVITEs pass the registrar too. A location with a host name is known by the token alone, as nothing is
 * looked up in DNS while a call waits.
 */
export function fromContactCenter(center: ContactCenter, source: CallSource): boolean {
  if (source.decidedFor === center.domain) return true;
  const ip = source.ip === null ? null : canonicalIp(source.ip);
  if (ip === null) return false;
  return center.locations.some((location) => {
    const uri = parseUri(location.uri);
    return canonicalIp(uri.host) === ip && (source.port === null || source.port === portOf(uri));
  });
}

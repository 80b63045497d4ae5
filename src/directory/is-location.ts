import { DEFAULT_PORT, parseUri, type SipUri } from '../sip/uri.js';
import type { ContactCenter } from './contact-center.js';

/** Whether requests for this URI would be sent to one of the contact center's own locations. */
export function isLocation({ locations }: ContactCenter, uri: string): boolean {
  const place = placeOf(parseUri(uri));
  return locations.some((location) => placeOf(parseUri(location.uri)) === place);
}

function placeOf({ scheme, host, port }: SipUri): string {
  return `${host}:${port ?? DEFAULT_PORT[scheme]}`;
}

import { parseUri, portOf, type SipUri } from '../sip/uri.js';
import type { ContactCenter } from './contact-center.js';

/** Whether requests for this URI would be sent to one of the contact center's own locations. */
export function isLocation({ locations }: ContactCenter, uri: string): boolean {
  const place = placeOf(parseUri(uri));
  return locations.some((location) => placeOf(parseUri(location.uri)) === place);
}

function placeOf(uri: SipUri): string {
  return `${uri.host}:${portOf(uri)}`;
}

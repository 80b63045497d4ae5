import { parseUri, portOf, printUri, type UriParam, uriParam } from '../sip/uri.js';
import { canonicalIp } from './canonical-ip.js';
import type { ContactCenter } from './contact-center.js';

/**
 * Where requests for a URI are sent, as a URI of its own: two URIs with one place lead to one machine. A name without a port
 * stays so, since DNS may say another (RFC 3263 §4).
 */
export function placeUri(text: string): string {
  const uri = parseUri(text);
  const transport = uriParam(uri, 'transport')?.toLowerCase();
  const maddr = uriParam(uri, 'maddr')?.toLowerCase();
  const isAddress = canonicalIp(maddr ?? uri.host) !== null;
  const params: UriParam[] = [];
  if (maddr !== undefined) params.push(['maddr', maddr]);
  // UDP is what an address without a transport gets; a name's is looked up.
  if (transport !== undefined && !(isAddress && transport === 'udp')) params.push(['transport', transport]);
  const port = isAddress ? portOf(uri) : uri.port;
  return printUri({ ...uri, user: null, password: null, port, params, headers: null });
}

interface Places {
  /** Those of locations and treatments. */
  readonly uris: ReadonlySet<string>;
  readonly byPlace: ReadonlyMap<string, readonly string[]>;
}

/** A document is replaced as a whole when it changes. */
const known = new WeakMap<ContactCenter, Places>();

/** The URIs of locations and treatments, by the place that they lead to. */
export function placesOf(center: ContactCenter): ReadonlyMap<string, readonly string[]> {
  return find(center).byPlace;
}

/** Whether a location or a treatment has this very URI. */
export function takesCallsAt(center: ContactCenter, uri: string): boolean {
  return find(center).uris.has(uri);
}

function find(center: ContactCenter): Places {
  const found = known.get(center);
  if (found) return found;
  const uris = new Set([...center.locations, ...center.treatments].map(({ uri }) => uri));
  const byPlace = new Map<string, string[]>();
  for (const uri of uris) {
    const place = placeUri(uri);
    byPlace.set(place, [...(byPlace.get(place) ?? []), uri]);
  }
  const places = { uris, byPlace };
  known.set(center, places);
  return places;
}

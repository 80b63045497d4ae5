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

/** The URIs of locations and treatments, by the place that they lead to. */
export function placesOf(center: ContactCenter): ReadonlyMap<string, readonly string[]> {
  let places = known.get(center);
  if (!places) {
    places = findPlaces(center);
    known.set(center, places);
  }
  return places;
}

/** A document is replaced as a whole when it changes. */
const known = new WeakMap<ContactCenter, ReadonlyMap<string, readonly string[]>>();

function findPlaces({ locations, treatments }: ContactCenter): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const uri of new Set([...locations, ...treatments].map((part) => part.uri))) {
    const place = placeUri(uri);
    places.set(place, [...(places.get(place) ?? []), uri]);
  }
  return places;
}

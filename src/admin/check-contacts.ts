import type { ContactCenter } from '../directory/contact-center.js';
import { isLocation } from '../directory/is-location.js';
import { canonicalNetwork } from '../directory/networks.js';
import type { Sliceable } from '../http/slices.js';
import { SipSyntaxError } from '../sip/sip-syntax-error.js';
import { parseUri, printUri, withUser } from '../sip/uri.js';
import { checkUri, type Fault } from './check-uri.js';
import { LIMITS } from './limits.js';

/**
 * What agents' fixed contacts may not be: the contact center, which is called before them and would be called again;
 * one of its addresses, from where the call would come back; one of its treatments, which is bound beside them.
 */
export function* checkContacts(center: ContactCenter, fault: Fault): Sliceable<void> {
  const places = { ...center, locations: center.locations.filter(({ uri }) => isUri(uri)) };
  // What is none has a fault of its own.
  const networks = center.allowed_networks?.flatMap((text) => canonicalNetwork(text) ?? []) ?? null;
  const treatments = new Map(center.treatments.flatMap(({ name, uri }) => bound(name, uri)));
  for (const [i, { contacts }] of center.agents.entries()) {
    yield;
    if (contacts.length === 0) continue;
    const field = `/agents/${i}/contacts`;
    if (contacts.length > LIMITS.contacts) fault(field, `has more than ${LIMITS.contacts} entries`);
    const seen = new Map<string, number>();
    for (const [j, contact] of contacts.entries()) {
      const uri = checkUri(contact.uri, `${field}/${j}/uri`, fault, networks);
      if (!uri) continue;
      const printed = printUri(uri);
      const first = seen.get(printed);
      const treatment = treatments.get(printed);
      if (first !== undefined) fault(`${field}/${j}/uri`, `is the URI of ${field}/${first} already`);
      else if (uri.host === center.domain) fault(`${field}/${j}/uri`, 'is an address of the contact center');
      else if (isLocation(places, printed)) {
        fault(`${field}/${j}/uri`, "is the contact center's own location");
      } else if (treatment !== undefined) fault(`${field}/${j}/uri`, `is the treatment ${treatment}`);
      seen.set(printed, first ?? j);
    }
  }
}

/** The contact at which a treatment is bound, and its name. */
function bound(name: string, uri: string): [contact: string, name: string][] {
  return isUri(uri) && name !== '' ? [[printUri(withUser(parseUri(uri), name)), name]] : [];
}

/** What isn't a URI has a fault of its own. */
function isUri(text: string): boolean {
  try {
    parseUri(text);
    return true;
  } catch (error) {
    if (error instanceof SipSyntaxError) return false;
    throw error;
  }
}

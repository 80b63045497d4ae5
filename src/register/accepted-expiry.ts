import type { ContactValue } from '../sip/contact.js';
import { parseUri } from '../sip/uri.js';
import type { ContactCenterAnswer, ParsedRegister } from './parse-register.js';

/** As long as the registrar of kamailio/ keeps a binding at most, and far from what an `integer` holds. */
export const MOST_SECONDS = 86_400;

/**
 * The expiry of each contact that a contact center has registered (RFC 3261 §10.2.4): what its answer says of this phone's
 * contact, else its Expires field, else what was asked. Its word counts, whatever our own bounds are. What the phone has
 * withdrawn stays so. Empty for `*`.
 */
export function acceptedExpiry(
  answer: Pick<ContactCenterAnswer, 'contacts' | 'expires'>,
  { contact, expires }: Pick<ParsedRegister, 'contact' | 'expires'>,
  defaultSeconds: number,
): { contact: ContactValue; expires: number }[] {
  if (contact.star) return [];
  return contact.contacts.map((value) => {
    const asked = value.expires ?? expires ?? defaultSeconds;
    const granted = sameContact(answer.contacts, value)?.expires ?? answer.expires ?? asked;
    return { contact: value, expires: asked === 0 ? 0 : Math.min(granted, MOST_SECONDS) };
  });
}

/** Registrars print a URI in their own way, so in the end its user and place must do. */
function sameContact(contacts: readonly ContactValue[], mine: ContactValue): ContactValue | undefined {
  return (
    contacts.find(
      ({ instance, reg_id }) => instance !== null && instance === mine.instance && reg_id === mine.reg_id,
    ) ??
    contacts.find(({ uri }) => uri === mine.uri) ??
    contacts.find(({ uri }) => placeOf(uri) === placeOf(mine.uri))
  );
}

function placeOf(text: string): string {
  const { user, host, port } = parseUri(text);
  return JSON.stringify([user, host, port]);
}

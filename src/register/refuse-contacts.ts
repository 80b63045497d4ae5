import type { ContactCenter } from '../directory/contact-center.js';
import { contactFault } from '../directory/contact-fault.js';
import type { Directory } from '../directory/directory.js';
import { type FieldError, Problem } from '../errors.js';
import { parsePath } from '../sip/path.js';
import { parseUri, uriParam } from '../sip/uri.js';
import type { ParsedRegister } from './parse-register.js';

/**
 * Calls go to where a phone says it is. So that nobody makes us call whom they like, at the contact center's cost (toll fraud),
 * or flood somebody (reflection), that must be somewhere where a phone may be. Withdrawals lead to no call.
 */
export function refuseContacts(
  directory: Pick<Directory, 'contactCenter' | 'node'>,
  { allowed_networks }: ContactCenter,
  request: ParsedRegister,
): void {
  const faults = [...placesOf(directory, request)].flatMap(({ field, uri }): FieldError[] => {
    // It would come back here, again and again.
    const { host } = Problem.inField(field, () => parseUri(uri));
    if (directory.contactCenter(host)) return [{ field, detail: 'is an address of a contact center' }];
    const detail = contactFault(uri, allowed_networks);
    return detail === null ? [] : [{ field, detail }];
  });
  const [first] = faults;
  if (!first) return;
  throw new Problem('contact_not_allowed', `${first.field} ${first.detail}`, { fields: faults });
}

function* placesOf(
  directory: Pick<Directory, 'node'>,
  { contact, expires, path, received, node }: ParsedRegister,
): Generator<{ field: string; uri: string }> {
  const lasting = contact.star ? [] : contact.contacts.filter((one) => (one.expires ?? expires) !== 0);
  for (const { uri } of lasting) yield { field: '/contact', uri };
  if (lasting.length === 0) return;
  if (received !== null) yield { field: '/received', uri: received };
  if (path === null) return;
  const hops = parsePath(path).map((hop) => hop.slice(1, -1));
  // The first hop is the edge that took the REGISTER, and says where it saw the phone; a registrar adds none.
  const own = node !== null && directory.node(node)?.role !== 'registrar' ? hops.shift() : undefined;
  const seen = own === undefined ? undefined : uriParam(parseUri(own), 'received');
  if (typeof seen === 'string') yield { field: '/path', uri: unescaped(seen) };
  for (const uri of hops) yield { field: '/path', uri };
}

/** What isn't escaped UTF-8 is no URI either. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw Problem.badFields([
      { field: '/path', detail: `holds a received that is no URI: ${String(error)}` },
    ]);
  }
}

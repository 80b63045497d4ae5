import { Problem } from '../errors.js';
import { parseHost } from '../sip/host.js';
import type { ContactCenter } from './contact-center.js';
import type { Directory } from './directory.js';

/** Throws `unknown_contact_center`. `domain` in its one spelling. */
export function findContactCenter(
  directory: Pick<Directory, 'contactCenter'>,
  domain: string,
): ContactCenter {
  const center = directory.contactCenter(domain);
  if (!center) throw unknownContactCenter(domain);
  return center;
}

export function unknownContactCenter(domain: string): Problem {
  return new Problem('unknown_contact_center', `No contact center has the domain ${domain}`);
}

/** Of the contact center that a request names in `field` (a JSON pointer), in its one spelling. Throws `bad_request`. */
export function domainIn(field: string, text: string): string {
  return Problem.inField(field, () => parseHost(text));
}

/** The one that `contact_center` of a query names, or all of them that whoever asks may see. */
export function contactCentersAsked(
  directory: Directory,
  contact_center: string | undefined,
  access: { covers(domain: string): boolean },
): ContactCenter[] {
  if (contact_center === undefined) {
    return directory.contactCenters().filter(({ domain }) => access.covers(domain));
  }
  return [findContactCenter(directory, domainIn('/contact_center', contact_center))];
}

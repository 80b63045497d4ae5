import type { ContactValue } from '../sip/contact.js';

/**
 * What makes a refresh the same binding. Kamailio's usrloc compares likewise: instance and reg-id when there is an
 * instance (reg-id 0 when there is none), else the contact URI.
 */
export function endpointKey(contact: Pick<ContactValue, 'uri' | 'instance' | 'reg_id'>): string {
  return contact.instance === null ? contact.uri : `${contact.instance};${contact.reg_id ?? 0}`;
}

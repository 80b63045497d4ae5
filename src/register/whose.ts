import type { Access } from '../access/access.js';
import type { Agent, ContactCenter } from '../directory/contact-center.js';
import type { Directory } from '../directory/directory.js';
import { findContactCenter, unknownContactCenter } from '../directory/find-contact-center.js';
import { Problem } from '../errors.js';
import type { Address } from '../sip/address.js';

/** The agent whose address it is, and the address as we print it. Throws `unknown_contact_center` or `unknown_agent`. */
export function whose(
  directory: Directory,
  address: Address,
  access: Access,
): { center: ContactCenter; agent: Agent; aor: string } {
  // For whoever is limited, others' phones are phones like any: the script goes on as it would without us.
  if (!access.covers(address.domain)) throw unknownContactCenter(address.domain);
  const center = findContactCenter(directory, address.domain);
  const resolved = directory.resolve(address);
  if (resolved?.kind !== 'agent') {
    throw new Problem('unknown_agent', `${address.domain} has no agent of this name`);
  }
  return { center, agent: resolved.agent, aor: resolved.aor };
}

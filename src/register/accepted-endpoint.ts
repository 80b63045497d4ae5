import type { Endpoint } from '../directory/endpoint.js';

/** A device that the contact center itself has registered: it had the password. */
export interface AcceptedEndpoint extends Pick<Endpoint, 'domain' | 'agent' | 'key'> {
  /** Where its REGISTER came from, or null when the script didn't say. */
  readonly source_ip: string | null;
  /** When the contact center last accepted it, ms since the epoch … */
  readonly accepted_at: number;
  /** … and when what it granted ends. */
  readonly expires_at: number;
}

/**
 * Until when, in ms since the epoch, refreshes of this device may be granted on the contact center's behalf. Its key is no
 * secret, and its address is all that tells it from somebody who repeats it: from another address it is a new phone.
 */
export function knownUntil(
  accepted: readonly AcceptedEndpoint[],
  device: { readonly key: string; readonly source_ip: string | null },
  heldSeconds: number,
): number {
  const same = accepted.find(({ key, source_ip }) => key === device.key && source_ip === device.source_ip);
  return same ? same.expires_at + heldSeconds * 1000 : 0;
}

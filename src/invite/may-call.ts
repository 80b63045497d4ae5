import { canonicalIp } from '../directory/canonical-ip.js';
import type { ResolvedAddress } from '../directory/directory.js';
import { isWithin } from '../directory/networks.js';

/** The networks from which this address may be called; null: from anywhere. */
export function callersOf({ center, kind }: ResolvedAddress): readonly string[] | null {
  return kind === 'skillset' ? center.caller_networks : null;
}

/** Whether a call from this IP address is let through; from nowhere known only where everybody is. */
export function mayCall(networks: readonly string[] | null, ip: string | null): boolean {
  if (networks === null) return true;
  const caller = ip === null ? null : canonicalIp(ip);
  return caller !== null && isWithin(networks, caller);
}

import { BlockList, isIP } from 'node:net';
import { canonicalIp } from './canonical-ip.js';

const BITS = { ipv4: 32, ipv6: 128 } as const;
type Family = keyof typeof BITS;

/** A network as `address/prefix` in one spelling; an address alone is a network of one. Null when it is none. */
export function canonicalNetwork(text: string): string | null {
  const [address = '', prefix, ...rest] = text.split('/');
  const ip = canonicalIp(address);
  if (ip === null || rest.length > 0 || address.startsWith('[')) return null;
  const bits = BITS[familyOf(ip)];
  if (prefix === undefined) return `${ip}/${bits}`;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits ? `${ip}/${Number(prefix)}` : null;
}

/** Whether an IP address is within any of the networks, which are in their one spelling. */
export function isWithin(networks: readonly string[], ip: string): boolean {
  return blockList(networks).check(ip, familyOf(ip));
}

/** A list is made once, and replaced as a whole. */
const made = new WeakMap<readonly string[], BlockList>();

function blockList(networks: readonly string[]): BlockList {
  const known = made.get(networks);
  if (known) return known;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  made.set(networks, list);
  return list;
}

function familyOf(ip: string): Family {
  return isIP(ip) === 4 ? 'ipv4' : 'ipv6';
}

import { isIP, SocketAddress } from 'node:net';

/** One spelling for each IP address (brackets off, IPv6 shortened, IPv4 in IPv6 as IPv4); null when it is none. */
export function canonicalIp(text: string): string | null {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const version = isIP(bare);
  if (version === 4) return bare;
  if (version === 0 || bare.includes('%')) return null;
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' });
  const mapped = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : '';
  return isIP(mapped) === 4 ? mapped : address;
}

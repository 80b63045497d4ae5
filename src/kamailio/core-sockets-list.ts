import { type Call, isObject } from './json-rpc.js';

/** A SIP URI at which this Kamailio reaches itself: its first UDP socket. */
export async function coreSocketsList(call: Call): Promise<string> {
  const result = await call('core.sockets_list', []);
  const sockets = Array.isArray(result) ? result : [];
  for (const item of sockets) {
    const socket: unknown = isObject(item) ? item.socket : undefined;
    if (!isObject(socket) || socket.proto !== 'udp' || !/^\d+$/.test(String(socket.port))) continue;
    const address = String(socket.ipaddress ?? socket.address);
    return `sip:${bracketed(WILDCARDS[address] ?? address)}:${socket.port}`;
  }
  throw new Error('core.sockets_list: no UDP socket');
}

/** Nobody can send to the address that stands for all addresses. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1', '[::]': '::1' };

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';

export const SALES = 'sales@cc.example.com';

const SOMEWHERE = { host: '127.0.0.1', port: 0 };

/** A Kamailio that holds for good what it is given, and one binding besides. */
export async function newKamailio(t: Test, at: { readonly host: string; readonly port: number } = SOMEWHERE) {
  const held = new Map<string, Map<string, number>>([[SALES, new Map([['sip:old@192.0.2.9', 0.3]])]]);
  let commands = 0;
  const answer = (method: string, [, aor, contact, , q]: unknown[]) => {
    const contacts = held.get(String(aor)) ?? new Map<string, number>();
    if (method === 'core.uptime') return { up_since: 'Sun Nov 22 12:00:00 2026' };
    if (method === 'core.sockets_list') {
      return [{ socket: { proto: 'udp', ipaddress: '127.0.0.1', port: 5060 } }];
    }
    if (method === 'ul.add') held.set(String(aor), contacts.set(String(contact), Number(q)));
    if (method === 'ul.rm_contact') contacts.delete(String(contact));
    const Contacts = [...contacts].map(([Address, Q]) => ({ Contact: { Address, Q, Expires: 'permanent' } }));
    return { Contacts };
  };
  const server = createServer(async (request, response) => {
    const { id, method, params } = JSON.parse(await text(request));
    commands += 1;
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: answer(method, params) }));
  });
  server.listen(at);
  await once(server, 'listening');
  t.teardown(() => server.close());
  const rpc_url = `http://${at.host}:${(server.address() as AddressInfo).port}/RPC`;
  return { held, rpc_url, server, commands: () => commands };
}

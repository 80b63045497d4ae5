import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a Kamailio that has just been started says; every command succeeds. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  'core.uptime': { up_since: 'Sun Nov 22 12:00:00 2026' },
  'core.ps': [],
  'core.sockets_list': [{ socket: { proto: 'udp', ipaddress: '192.0.2.1', port: '5060' } }],
  'ul.lookup': { Contacts: [] },
};

/** A registrar that takes every command, so that contact-center and treatment bindings are known to be held. */
export async function startStubRegistrar(): Promise<{ url: string; close(): void }> {
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { id, method } = JSON.parse(body);
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: ANSWERS[method] ?? 'ok' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/RPC`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

// Below the kernel's own choices (32768 and up), so that no outgoing connection takes the port before its user does.
const LOWEST = 20_000;
const HIGHEST = 32_000;

// Nobody may listen yet where a port was handed out for a contact center that is silent: it is taken all the same.
const handedOut = new Set<number>();

/** A port of 127.0.0.1 that is free for both TCP and UDP, and that this process has not been given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if ((await isFreeTcp(port)) && (await isFreeUdp(port))) return port;
  }
}

async function isFreeTcp(port: number): Promise<boolean> {
  const server = net.createServer().listen({ host: '127.0.0.1', port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

async function isFreeUdp(port: number): Promise<boolean> {
  const socket = dgram.createSocket('udp4');
  socket.bind({ address: '127.0.0.1', port, exclusive: true });
  try {
    await once(socket, 'listening');
  } catch {
    return false;
  }
  socket.close();
  await once(socket, 'close');
  return true;
}

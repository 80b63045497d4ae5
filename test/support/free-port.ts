import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Below the kernel's own choices (32768 and up), so that no outgoing connection takes the port before its user does.
const LOWEST = 20_000;
const HIGHEST = 32_000;

// Nobody may listen yet where a port was handed out, be it for a contact center that is silent, be it to another test file that
// runs at the same time: it is taken all the same. One file a port, with the process that has it.
const CLAIMS = join(tmpdir(), 'understudy-ports');
const claimed = new Set<number>();
process.once('exit', () => {
  for (const port of claimed) rmSync(join(CLAIMS, String(port)), { force: true });
});

/** A port of 127.0.0.1 that is free for both TCP and UDP, and that no process of the tests has been given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (claim(port) && (await isFreeTcp(port)) && (await isFreeUdp(port))) return port;
  }
}

function claim(port: number): boolean {
  const file = join(CLAIMS, String(port));
  mkdirSync(CLAIMS, { recursive: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // One that was killed leaves its claims; the next who comes by takes them away, and looks for another port.
    if (!isAlive(ownerOf(file))) rmSync(file, { force: true });
    return false;
  }
  claimed.add(port);
  return true;
}

function ownerOf(file: string): number {
  try {
    // Empty while its owner is just writing it.
    return Number(readFileSync(file, 'utf8') || process.pid);
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
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

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** One certificate for as long as a connection lasts. */
const known = new WeakMap<Socket, string>();

/** Whose certificate the other side has shown, when it was issued by TLS_CLIENT_CA_FILE. */
export function commonNameOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const before = known.get(socket);
  if (before !== undefined) return before;
  const { subject } = socket.getPeerCertificate();
  // Several names would be several nodes.
  const name = typeof subject?.CN === 'string' ? subject.CN : undefined;
  if (name !== undefined) known.set(socket, name);
  return name;
}

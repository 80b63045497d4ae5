import type { Server } from 'node:net';

/** Each of Kamailio's HTTP workers keeps one or two; a proxy that brings everybody's requests has less than these. */
export const CONNECTIONS_OF_ONE_SOURCE = 1_000;

/** Who opens more connections than that finds them closed: the others keep finding room. */
export function limitConnections(server: Server): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const source = socket.remoteAddress ?? '';
    const before = open.get(source) ?? 0;
    if (before >= CONNECTIONS_OF_ONE_SOURCE) {
      socket.destroy();
      return;
    }
    open.set(source, before + 1);
    socket.on('close', () => {
      const left = (open.get(source) ?? 1) - 1;
      if (left > 0) open.set(source, left);
      else open.delete(source);
    });
  });
}

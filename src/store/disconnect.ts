import type pg from 'pg';

/** Breaks the connection at once: end() alone waits for the server's word, which a frozen one never says. */
export function disconnect(client: pg.Client): void {
  client.end().catch(() => {});
  breakOff(client);
}

/** As if the network had broken it: whoever uses it hears of it. */
export function breakOff(client: pg.ClientBase): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  connection.stream.destroy();
}

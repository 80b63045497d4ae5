import type pg from 'pg';
import { sqlstateOf } from './sqlstate.js';

const END =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY($1::integer[]) AND usename = current_user';

/**
 * The sessions on which a statement was given up without an answer. A server that was frozen carries it out when it thaws, and
 * might do so after a newer one, which it would undo: so they are ended before a new connection writes.
 */
export class GivenUp {
  readonly #sessions = new Set<number>();

  /** Looks at what a connection was released with. */
  note(error: unknown, client: pg.ClientBase): void {
    const { processID } = client as unknown as { processID: number | null };
    if (error && processID !== null && sqlstateOf(error) === undefined) this.#sessions.add(processID);
  }

  async end(client: pg.ClientBase): Promise<void> {
    if (this.#sessions.size === 0) return;
    const sessions = [...this.#sessions];
    await client.query(END, [sessions]);
    for (const session of sessions) this.#sessions.delete(session);
  }
}

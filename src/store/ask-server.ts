import pg from 'pg';
import { disconnect } from './disconnect.js';

/** What one of several servers says of itself. */
export interface ServerRole {
  readonly takesWrites: boolean;
  /** Grows with every promotion: of two that take writes the one with the lower number has been left behind. */
  readonly timeline: number;
}

/** `default_transaction_read_only` makes a primary as good as a standby. */
const ROLE = "SELECT current_setting('transaction_read_only') = 'off' AS takes_writes";
/** The first eight digits of a WAL file's name. A hosted Postgres may not let us ask. */
const TIMELINE = 'SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS timeline';

/** Asks on a connection of its own, and not for longer than `limitMs` for each step. */
export async function askServer(config: pg.ClientConfig, limitMs: number): Promise<ServerRole> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: limitMs, query_timeout: limitMs });
  // What breaks the connection fails the query as well.
  client.on('error', () => {});
  try {
    await client.connect();
    const role = await client.query<{ takes_writes: boolean }>(ROLE);
    if (!role.rows[0]?.takes_writes) return { takesWrites: false, timeline: 0 };
    const found = await client.query<{ timeline: string }>(TIMELINE).catch(() => undefined);
    return { takesWrites: true, timeline: Number.parseInt(found?.rows[0]?.timeline ?? '0', 16) };
  } finally {
    disconnect(client);
  }
}

import { mkdir, open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import pg from 'pg';
import { lockDataDir } from './data-dir-lock.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import type { Log } from './log.js';
import { migrate } from './migrate.js';
import type { Store } from './open-store.js';
import { StoreError } from './store-error.js';

/** pg makes the name of a unix socket from a directory and a port, as libpq does. */
const PORT = 5432;

export async function openEmbedded(directory: string, log: Log): Promise<Store> {
  const dataDir = resolve(directory);
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    undo.push(await lockDataDir(dataDir));
    const socketDir = await makeSocketDir(dataDir);
    undo.push(() => rm(socketDir, { recursive: true, force: true }));
    const handle = await open(socketDir);
    undo.push(() => handle.close());
    // The same directory by a short name, because a socket's path has room for 107 bytes only.
    const host = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : socketDir;
    undo.push(await startEmbeddedPostgres({ dataDir, socket: socketIn(host) }, log));
    await migrateThrough(host, log);
    const pool = newPool(host, log);
    undo.push(() => pool.end());
    return {
      pool,
      commits: pool,
      kind: 'embedded',
      ping: async () => void (await pool.query('SELECT 1')),
      elect: (candidate) => {
        void candidate.won();
        return async () => {};
      },
      onFailover: () => {},
      close,
    };
  } catch (error) {
    await close();
    if (error instanceof StoreError) throw error;
    const reason = error instanceof Error ? error.message : inspect(error);
    throw new StoreError(`The embedded Postgres in DATA_DIR ${dataDir} cannot start: ${reason}`, {
      cause: error,
    });
  }
}

/** Every field that pg would otherwise take from PGHOST, PGUSER, PGSSLMODE and the like. */
function connection(host: string): pg.ClientConfig {
  return { host, port: PORT, user: 'postgres', database: 'postgres', password: '', ssl: false };
}

async function migrateThrough(host: string, log: Log): Promise<void> {
  const client = new pg.Client(connection(host));
  await client.connect();
  try {
    await migrate(client, log);
  } finally {
    await client.end();
  }
}

function newPool(host: string, log: Log): pg.Pool {
  const pool = new pg.Pool({
    ...connection(host),
    // All connections would be one and the same session, and an open transaction of one holds up the rest.
    max: 1,
    idleTimeoutMillis: 0,
    // The one connection is queued for, so this is how long a request waits its turn behind others.
    connectionTimeoutMillis: 10_000,
    // statement_timeout has no effect on PGlite; this frees the caller, though the query runs on.
    query_timeout: 10_000,
    // That session outlives its connections, and would refuse the names of statements prepared before.
    onConnect: async (client) => void (await client.query('DEALLOCATE ALL')),
  });
  pool.on('error', (error) => log.warn({ err: error }, 'the connection to the embedded Postgres broke'));
  return pool;
}

/** A directory for the socket, which nobody else may enter. */
async function makeSocketDir(dataDir: string): Promise<string> {
  const directory = join(dataDir, 'socket');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { mode: 0o700 });
  return directory;
}

function socketIn(host: string): string {
  return join(host, `.s.PGSQL.${PORT}`);
}

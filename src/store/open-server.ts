import pg from 'pg';
import { serverUrls } from '../database-url.js';
import { backOff } from './back-off.js';
import { checkEncoding } from './check-encoding.js';
import { disconnect } from './disconnect.js';
import { Election } from './election.js';
import { GivenUp } from './given-up.js';
import type { Log } from './log.js';
import { migrate } from './migrate.js';
import type { Store } from './open-store.js';
import { OutageLog } from './outage-log.js';
import { Primary } from './primary.js';
import { primaryClient } from './primary-client.js';
import { reasonOf } from './reason-of.js';
import { SQLSTATE, sqlstateOf } from './sqlstate.js';
import { StoreError } from './store-error.js';
import { isUnavailable } from './translate-error.js';

const CONNECTION: pg.ClientConfig = {
  application_name: 'understudy',
  // A server that takes longer to say hello is of no use to a caller; routing goes on from memory meanwhile. Half of it is
  // for finding the one of several that takes writes.
  connectionTimeoutMillis: 3_000,
  // Notices within half a minute that an idle connection's peer is gone (a fail-over, a firewall that forgot it).
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
};

const LIMITS: pg.PoolConfig = {
  // No statement here should take more than some ms. The server's own limit comes first, because it also ends the
  // work; the client's covers a server that is frozen or unreachable and cannot keep its own.
  statement_timeout: 4_000,
  query_timeout: 5_000,
  // What waits for another's lock (somebody's own session, say) fails before the time is up for the statement.
  lock_timeout: 2_000,
  // A connection of ours never thinks in the middle of a transaction; one whose instance is frozen lets go of its locks.
  idle_in_transaction_session_timeout: 10_000,
};
/** Asking for the lock, and whether it is still there, takes no work. */
const LOCK_MS = 2_000;
/** For what people ask, and for what is written behind calls. */
const CONNECTIONS = 10;
/** What phones wait for is written by one statement after the other; on several connections an older might overtake. */
const COMMITTERS = 1;

export async function openServer(url: string, log: Log, signal: AbortSignal): Promise<Store> {
  const configs = (serverUrls(url) ?? [url]).map((connectionString) => ({ ...CONNECTION, connectionString }));
  const primary = newPrimary(configs, log);
  const Client = primaryClient(primary);
  // The first's: a Client that connects takes host and port from where the writes are taken.
  const config = configs[0] as pg.ClientConfig;
  await migrateOnceThere(() => new Client(config), primary, log, signal);
  const outages = new OutageLog(log);
  const givenUp = new GivenUp();
  const newPool = (max: number, options: pg.PoolConfig = {}) => {
    const pool = new pg.Pool({ ...LIMITS, ...config, ...options, Client, max });
    watch(pool, primary, outages);
    return pool;
  };
  const pool = newPool(CONNECTIONS);
  const commits = newPool(COMMITTERS, { onConnect: (client) => givenUp.end(client) });
  commits.on('release', (error: unknown, client) => givenUp.note(error, client));
  return {
    pool,
    commits,
    kind: 'server',
    ping: () => ping(pool),
    elect: (candidate) => {
      const newClient = () => new Client({ query_timeout: LOCK_MS, ...config });
      const election = new Election(newClient, candidate, log);
      return () => election.stop();
    },
    onFailover: (listener) => primary.follow(listener),
    close: async () => {
      await Promise.all([pool.end(), commits.end()]);
    },
  };
}

/** Errors such as for a certificate file that isn't there never go away by themselves. */
function newPrimary(configs: readonly pg.ClientConfig[], log: Log): Primary {
  try {
    return new Primary(configs, log);
  } catch (error) {
    throw new StoreError(`DATABASE_URL cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

/** A pool closes the connection on which anything fails; what failed also tells something about the server. */
function watch(pool: pg.Pool, primary: Primary, outages: OutageLog): void {
  pool.on('error', (error) => outages.failed('warn', 'connections to Postgres broke', { err: error }));
  pool.on('connect', () => outages.over('connected to Postgres again', {}));
  pool.on('release', (error: unknown, client) => {
    if (!error) return;
    // After a fail-over behind one address; the others' connections lead there, too.
    if (sqlstateOf(error) === SQLSTATE.readOnlyTransaction) primary.breakOffAll(client);
    else if (isUnavailable(error) && sqlstateOf(error) === undefined) primary.doubt();
  });
}

async function ping(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
  if (rows[0]?.transaction_read_only !== 'off') throw new Error('it is read-only');
}

/** The connection that migrates has no time limits: a later migration may rewrite a large table. */
async function migrateOnceThere(
  newClient: () => pg.Client,
  primary: Primary,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const outages = new OutageLog(log);
  for (let failures = 1; !signal.aborted; failures++) {
    const client = newClient();
    const name = `Postgres at ${primary.names} (database ${client.database}, user ${client.user})`;
    client.on('error', () => {});
    const stop = () => disconnect(client);
    signal.addEventListener('abort', stop);
    try {
      await client.connect();
      await checkEncoding(client);
      return await migrate(client, log);
    } catch (error) {
      if (signal.aborted) break;
      if (error instanceof StoreError) throw error;
      if (!isUnavailable(error)) throw new StoreError(`${name} ${refusal(error)}`, { cause: error });
      outages.failed('warn', `waiting for ${name}`, { attempt: failures, reason: reasonOf(error) });
    } finally {
      signal.removeEventListener('abort', stop);
      disconnect(client);
    }
    await backOff(failures, signal);
  }
  throw new StoreError(`Told to stop while waiting for Postgres at ${primary.names}`);
}

function refusal(error: unknown): string {
  switch (sqlstateOf(error)) {
    case SQLSTATE.invalidPassword:
      return 'refused the password in DATABASE_URL';
    case SQLSTATE.unknownDatabase:
      return 'has no such database';
    case SQLSTATE.invalidAuthorization:
    case SQLSTATE.insufficientPrivilege:
      return `does not let this user in: ${reasonOf(error)}`;
    default:
      return `cannot be used: ${reasonOf(error)}`;
  }
}

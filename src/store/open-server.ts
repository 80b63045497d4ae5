import pg from 'pg';
import { backOff } from './back-off.js';
import { Election } from './election.js';
import type { Log } from './log.js';
import { migrate } from './migrate.js';
import type { Store } from './open-store.js';
import { codeOf, SQLSTATE, sqlstateOf } from './sqlstate.js';
import { StoreError } from './store-error.js';
import { isUnavailable } from './translate-error.js';

const CONNECTION: pg.ClientConfig = {
  application_name: 'understudy',
  // A server that takes longer to say hello is of no use to a caller; routing goes on from memory meanwhile.
  connectionTimeoutMillis: 2_000,
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
  max: 10,
};
/** One for endpoints, one for accepted ones: each is written by one statement at a time. */
const COMMITTERS = 2;

export async function openServer(url: string, log: Log, signal: AbortSignal): Promise<Store> {
  await migrateOnceThere(url, log, signal);
  const [pool, commits] = [LIMITS.max, COMMITTERS].map((max) => {
    const one = new pg.Pool({ ...CONNECTION, ...LIMITS, max, connectionString: url });
    one.on('error', (error) => log.warn({ err: error }, 'an idle connection to Postgres broke'));
    return one;
  }) as [pg.Pool, pg.Pool];
  return {
    pool,
    commits,
    kind: 'server',
    ping: async () => void (await pool.query('SELECT 1')),
    elect: (candidate) => {
      const newClient = () =>
        new pg.Client({ ...CONNECTION, query_timeout: LIMITS.query_timeout, connectionString: url });
      const election = new Election(newClient, candidate, log);
      return () => election.stop();
    },
    close: async () => {
      await Promise.all([pool.end(), commits.end()]);
    },
  };
}

/** The connection that migrates has no time limits: a later migration may rewrite a large table. */
async function migrateOnceThere(url: string, log: Log, signal: AbortSignal): Promise<void> {
  for (let failures = 1; ; failures++) {
    const client = newClient(url);
    client.on('error', (error) => log.warn({ err: error }, 'the connection to Postgres broke'));
    try {
      await client.connect();
      return await migrate(client, log);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      if (!isUnavailable(error))
        throw new StoreError(`${nameOf(client)} ${refusal(error)}`, { cause: error });
      log.warn({ attempt: failures, reason: reasonOf(error) }, `waiting for ${nameOf(client)}`);
    } finally {
      await client.end();
    }
    await backOff(failures, signal);
    if (signal.aborted) throw new StoreError(`Told to stop while waiting for ${nameOf(client)}`);
  }
}

/** Outside the waiting, because its errors (a certificate file that isn't there) never go away by themselves. */
function newClient(url: string): pg.Client {
  try {
    return new pg.Client({ ...CONNECTION, connectionString: url });
  } catch (error) {
    throw new StoreError(`DATABASE_URL cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

function nameOf(client: pg.Client): string {
  return `Postgres at ${client.host}:${client.port} (database ${client.database}, user ${client.user})`;
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

function reasonOf(error: unknown): string {
  // Node tries every address of a host name and then throws an error without a message, but with a code.
  return (error instanceof Error && error.message) || codeOf(error) || String(error);
}

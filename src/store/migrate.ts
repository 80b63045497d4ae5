import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import Postgrator from 'postgrator';
import type { Log } from './log.js';
import { StoreError } from './store-error.js';
import { isUnavailable } from './translate-error.js';

// The same path from src/store and from dist/program.
const SQL_DIRECTORY = fileURLToPath(new URL('../../sql/', import.meta.url));

/** Any number that no other program in this database uses for its own advisory lock; this one is "understu" in ASCII. */
const LOCK = '8461811136750384245';

/**
 * Brings the schema up to date. All migrations that are due run in one transaction, so a process killed half-way leaves
 * nothing behind, and under a lock that ends with it, so of several instances that start at once one migrates and the
 * others find nothing left to do.
 */
export async function migrate(client: pg.ClientBase, log: Log, directory = SQL_DIRECTORY): Promise<void> {
  await client.query('BEGIN');
  try {
    await lock(client, log);
    const applied = await apply(client, log, directory);
    await client.query('COMMIT');
    if (applied.length > 0) log.info({ migrations: applied }, 'the database schema was brought up to date');
  } catch (error) {
    // The error that counts is the first; a connection that is gone has rolled back by itself.
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function lock(client: pg.ClientBase, log: Log): Promise<void> {
  const tried = await client.query<{ got: boolean }>('SELECT pg_try_advisory_xact_lock($1::bigint) AS got', [
    LOCK,
  ]);
  if (tried.rows[0]?.got) return;
  log.info('waiting for another instance to bring the database schema up to date');
  await client.query('SELECT pg_advisory_xact_lock($1::bigint)', [LOCK]);
}

async function apply(client: pg.ClientBase, log: Log, directory: string): Promise<string[]> {
  const schema = await client.query<{ name: string }>('SELECT current_schema() AS name');
  const postgrator = new Postgrator({
    driver: 'pg',
    schemaTable: 'understudy_schema_version',
    // Else a table of that name in another schema of this database would be taken for ours.
    currentSchema: schema.rows[0]?.name ?? 'public',
    migrationPattern: `${withoutMagic(directory)}*.sql`,
    // A checkout with other line ends is still the same migration.
    newline: 'LF',
    execQuery: (sql) => client.query(sql),
  });
  let current: string | undefined;
  const remember = ({ filename }: { filename: string }) => {
    current = basename(filename);
  };
  postgrator.on('validation-started', remember);
  postgrator.on('migration-started', remember);
  try {
    if (await isNewer(postgrator, client, log)) return [];
    const applied = await postgrator.migrate();
    return applied.map(({ filename }) => basename(filename));
  } catch (error) {
    if (current === undefined || isUnavailable(error) || !(error instanceof Error)) throw error;
    throw new StoreError(
      error.message.startsWith('MD5 checksum failed')
        ? `Migration ${current} is not the file that was applied to this database: restore it, and put changes in a new one`
        : `Migration ${current} failed and nothing of it was applied: ${error.message}`,
      { cause: error },
    );
  }
}

/**
 * Whether a newer Understudy has made this schema. Migrations only add, so we work on it all the same, unless one says that it
 * breaks us: then the start is refused.
 */
async function isNewer(postgrator: Postgrator, client: pg.ClientBase, log: Log): Promise<boolean> {
  const known = await postgrator.getMaxVersion();
  const found = await postgrator.getDatabaseVersion();
  if (found <= known) return false;
  const { rows } = await client.query<{ oldest: number }>(
    'SELECT oldest_version AS oldest FROM schema_compatibility',
  );
  const oldest = rows[0]?.oldest ?? found;
  if (oldest > known) {
    throw new StoreError(
      `The database has schema version ${found}, made by a newer Understudy, and needs one that knows ${oldest}; ` +
        `this one knows ${known}: start the newer one`,
    );
  }
  log.warn(
    { found, known },
    'the database schema is newer than this Understudy, which works on it all the same',
  );
  return true;
}

/** Postgrator takes a glob; the directory of a checkout may well have brackets in its name. */
function withoutMagic(path: string): string {
  return path.replace(/[[\]{}()*?!+@\\]/g, '\\$&');
}

import type pg from 'pg';
import { codeOf, SQLSTATE, sqlstateOf } from './sqlstate.js';

/**
 * Asks what only reads: once more, on another connection, when the first breaks under it (a restart, a fail-over). Nothing that
 * writes is repeated so: it may have been done, and who wrote it knows whether doing it twice is harmless.
 */
export function read<R extends pg.QueryResultRow>(
  pool: pg.Pool,
  query: pg.QueryConfig,
): Promise<pg.QueryResult<R>> {
  return pool.query<R>(query).catch((error: unknown) => {
    if (!hasBroken(error)) throw error;
    return pool.query<R>(query);
  });
}

const BROKEN: ReadonlySet<string | undefined> = new Set([
  'ECONNRESET',
  'EPIPE',
  SQLSTATE.adminShutdown,
  SQLSTATE.crashShutdown,
]);

/** Not one that can't be made, nor a time that is up: trying that again would only take longer. */
function hasBroken(error: unknown): boolean {
  if (BROKEN.has(sqlstateOf(error) ?? codeOf(error))) return true;
  return (
    error instanceof Error && /^Connection terminated unexpectedly|is not queryable$/.test(error.message)
  );
}

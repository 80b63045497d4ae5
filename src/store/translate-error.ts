import { Problem } from '../errors.js';
import { codeOf, SQLSTATE, SQLSTATE_CLASS, sqlstateOf } from './sqlstate.js';
import { Unavailable } from './unavailable.js';

const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  // A unix socket that isn't there (yet), and a name that can't be resolved (yet).
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const PASSING: ReadonlySet<string> = new Set([
  // After a fail-over the pool may still hold connections to the server that is now a standby.
  SQLSTATE.readOnlyTransaction,
  SQLSTATE.serializationFailure,
  SQLSTATE.deadlockDetected,
  SQLSTATE.lockNotAvailable,
  SQLSTATE.queryCanceled,
  SQLSTATE.adminShutdown,
  SQLSTATE.crashShutdown,
  SQLSTATE.cannotConnectNow,
]);

const PASSING_CLASSES: ReadonlySet<string> = new Set([
  SQLSTATE_CLASS.connectionException,
  SQLSTATE_CLASS.insufficientResources,
  SQLSTATE_CLASS.systemError,
]);

/** What pg and pg-pool throw without any code when a connection breaks, hangs or is being closed. */
const PG_MESSAGES = [
  /^Connection terminated/,
  /^Query read timeout$/,
  /^timeout exceeded when trying to connect$/,
  /^timeout expired$/,
  /is not queryable$/,
  /^Cannot use a pool after calling end/,
];

/** Whether the database could not be reached or could not do its work now: the same request may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof Unavailable) return true;
  const sqlstate = sqlstateOf(error);
  if (sqlstate !== undefined) return PASSING.has(sqlstate) || PASSING_CLASSES.has(sqlstate.slice(0, 2));
  const code = codeOf(error);
  if (code !== undefined) return NETWORK.has(code);
  return error instanceof Error && PG_MESSAGES.some((message) => message.test(error.message));
}

/** The one place where errors of the database become answers: `pool.query(…).catch(translateError)`. */
export function translateError(error: unknown): never {
  if (!isUnavailable(error)) throw error;
  throw new Problem('store_unavailable', 'The database cannot be reached or is too slow; try again later', {
    cause: error,
  });
}

import { codeOf } from './sqlstate.js';

/** In one line; Node tries every address of a host name and then throws an error without a message, but with a code. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error && error.message) || codeOf(error) || String(error);
}

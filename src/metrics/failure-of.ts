import type { CallEvent } from '../live/followed-call.js';

/** `unreached` when nobody answered the request at all, else the class of the final code. */
export function failureOf({ status, unreached }: Pick<CallEvent, 'status' | 'unreached'>): string {
  if (unreached) return 'unreached';
  // RFC 3261 §7.2: six classes; whatever else a script reports must not become a series of its own.
  const digit = status === null ? 0 : Math.floor(status / 100);
  return digit >= 1 && digit <= 6 ? `${digit}xx` : 'unknown';
}

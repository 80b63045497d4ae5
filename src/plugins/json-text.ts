const SURROGATE = /\\ud[89a-f]/i;
/** Every escape in turn, so that the backslash of `\\` begins none; a surrogate without its other half is kept. */
const ESCAPES = /\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(ud[89a-f])|.)/gis;

export const HALF_PAIR = 'half of a surrogate pair is no text (RFC 7493 §2.1)';

/** Text that has no UTF-8: it would reach Postgres changed, and its jsonb not at all. As bytes it can't be sent anyway. */
export function hasHalfPair(json: string): boolean {
  if (!SURROGATE.test(json)) return false;
  for (const [, half] of json.matchAll(ESCAPES)) if (half !== undefined) return true;
  return false;
}

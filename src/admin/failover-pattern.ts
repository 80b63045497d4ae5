import { LIMITS } from './limits.js';

/** All that is needed to speak of three digits. */
const SIMPLE = /^[0-9|[\]().?+*^$-]*$/;
/** What JavaScript takes and POSIX doesn't, or the other way round: `[]`, `[^]`, `5*?`, `(?`, `4||5`. */
const AMBIGUOUS = /\[\^?\]|[?+*]{2}|\(\?|\|\||\(\||\|\)|\(\)|^\||\|$|[(|][?+*]|^[?+*]/;

/** What is wrong with an expression that Kamailio is to match final codes with (POSIX extended), or null. */
export function failoverPatternFault(pattern: string): string | null {
  if (pattern === '') return 'is empty';
  if (pattern.length > LIMITS.failoverPattern) return `is longer than ${LIMITS.failoverPattern} characters`;
  if (!SIMPLE.test(pattern)) return 'holds more than digits and | [ ] ( ) . ? + * ^ $ -';
  if (AMBIGUOUS.test(pattern)) return 'holds an empty alternative or a repetition of nothing';
  try {
    new RegExp(pattern);
    return null;
  } catch {
    return 'is not a regular expression';
  }
}

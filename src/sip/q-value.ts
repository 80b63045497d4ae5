import { decimal } from './characters.js';
import { SipSyntaxError } from './sip-syntax-error.js';

/** q values are kept in whole thousandths, since 0.1 + 0.2 isn't 0.3 and q must be comparable (RFC 3261 §25.1). */
export const MAX_Q = 1_000;

export function parseQ(text: string): number {
  const [whole, fraction, extra] = text.split('.', 3);
  const thousandths = fractionOf(fraction);
  if ((whole !== '0' && whole !== '1') || extra !== undefined || thousandths === null) throw badQ();
  const q = whole === '1' ? MAX_Q + thousandths : thousandths;
  if (q > MAX_Q) throw badQ();
  return q;
}

/** "5" → 500; the grammar also takes "0." */
function fractionOf(digits: string | undefined): number | null {
  if (digits === undefined || digits === '') return 0;
  return digits.length > 3 ? null : decimal(digits.padEnd(3, '0'), 999);
}

function badQ(): SipSyntaxError {
  return new SipSyntaxError('q is not a number from 0 to 1 with at most three decimals');
}

/** As JSON carries it and SIP prints it: 830 → 0.83. */
export function printQ(thousandths: number): number {
  return thousandths / MAX_Q;
}

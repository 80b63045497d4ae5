import { decimal, HOST, isHex, runEnd } from './characters.js';
import { SipSyntaxError } from './sip-syntax-error.js';

const OPEN_BRACKET = 0x5b;
const MAX_HOST = 253;
const MAX_LABEL = 63;

/** Where the host that starts at `from` ends; whether it is one is for `parseHost` to say. */
export function hostEnd(text: string, from: number): number {
  if (text.charCodeAt(from) !== OPEN_BRACKET) return runEnd(text, from, HOST);
  const close = text.indexOf(']', from);
  return close === -1 ? text.length : close + 1;
}

/**
 * A host name, IPv4 address or IPv6 reference, in lower case (RFC 3261 §25.1). The dot that may end a name is dropped:
 * it names the same host, and one host has one spelling here.
 */
export function parseHost(text: string): string {
  if (text.length > MAX_HOST) throw new SipSyntaxError('the host is too long');
  if (text.startsWith('[')) {
    if (!text.endsWith(']') || !isIpv6(text.slice(1, -1))) {
      throw new SipSyntaxError('the host is not a valid IPv6 reference');
    }
    return text.toLowerCase();
  }
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const labels = name.split('.');
  // A name whose last label starts with a digit can only be an IPv4 address (toplabel starts with a letter).
  const last = labels[labels.length - 1] ?? '';
  const valid = startsWithDigit(last) ? name === text && isIpv4(labels) : labels.every(isLabel);
  if (!valid) throw new SipSyntaxError('the host is not a valid name or address');
  return name.toLowerCase();
}

function startsWithDigit(text: string): boolean {
  const code = text.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}

function isLabel(label: string): boolean {
  return (
    label !== '' &&
    label.length <= MAX_LABEL &&
    runEnd(label, 0, HOST) === label.length &&
    !label.startsWith('-') &&
    !label.endsWith('-')
  );
}

/** Leading zeros are refused: some resolvers read them as octal, so 010.0.0.7 would be two hosts. */
function isIpv4(labels: readonly string[]): boolean {
  return (
    labels.length === 4 && labels.every((l) => decimal(l, 255) !== null && (l === '0' || !l.startsWith('0')))
  );
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const [left = '', right] = halves;
  if (right === undefined) return groupsOf(left, true) === 8;
  const before = left === '' ? 0 : groupsOf(left, false);
  const after = right === '' ? 0 : groupsOf(right, true);
  return before + after <= 7;
}

/** How many 16-bit groups the text writes, or Infinity when it doesn't; an IPv4 address may stand for the last two. */
function groupsOf(text: string, mayEndInIpv4: boolean): number {
  const groups = text.split(':');
  let count = 0;
  for (const [index, group] of groups.entries()) {
    if (group.length <= 4 && isHex(group)) count += 1;
    else if (mayEndInIpv4 && index === groups.length - 1 && isIpv4(group.split('.'))) count += 2;
    else return Number.POSITIVE_INFINITY;
  }
  return count;
}

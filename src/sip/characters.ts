/**
 * The character classes of RFC 3261 §25.1 as one look-up table, so that every scan is a single pass and no input can
 * make a regular expression backtrack. No class holds a control character, a blank, `<`, `>`, `"` or anything that
 * isn't ASCII.
 */
export const TOKEN = 1;
export const HOST = 2;
export const USER = 4;
export const PASSWORD = 8;
export const PARAM = 16;
export const HEADER = 32;
export const URN = 64;
/** `USER` without what needs angle brackets around the URI (RFC 3261 §20.10): comma, semicolon, question mark. */
export const PLAIN_USER = 128;
const HEX = 256;

/** In these `%` may only stand before two hexadecimal digits. */
const ESCAPABLE = USER | PASSWORD | PARAM | HEADER | URN;

const ALPHANUM = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const UNRESERVED = `${ALPHANUM}-_.!~*'()`;
const PERCENT = 0x25;

const CLASSES = new Uint16Array(128);

for (const [kind, characters] of [
  [TOKEN, `${ALPHANUM}-.!%*_+\`'~`],
  [HOST, `${ALPHANUM}-.`],
  [USER, `${UNRESERVED}&=+$,;?/`],
  [PLAIN_USER, `${UNRESERVED}&=+$/`],
  [PASSWORD, `${UNRESERVED}&=+$,`],
  [PARAM, `${UNRESERVED}[]/:&+$`],
  [HEADER, `${UNRESERVED}[]/?:+$`],
  [URN, `${UNRESERVED}:@&=+$,;/`],
  [HEX, '0123456789ABCDEFabcdef'],
] as const) {
  for (const character of characters) {
    const code = character.charCodeAt(0);
    CLASSES[code] = (CLASSES[code] ?? 0) | kind;
  }
}

function isIn(text: string, at: number, kind: number): boolean {
  return at < text.length && ((CLASSES[text.charCodeAt(at)] ?? 0) & kind) !== 0;
}

/** Where the run of characters of this class that starts at `from` ends. */
export function runEnd(text: string, from: number, kind: number): number {
  let at = from;
  for (;;) {
    if (isIn(text, at, kind)) at += 1;
    else if (isEscape(text, at) && (kind & ESCAPABLE) !== 0) at += 3;
    else return at;
  }
}

function isEscape(text: string, at: number): boolean {
  return text.charCodeAt(at) === PERCENT && isIn(text, at + 1, HEX) && isIn(text, at + 2, HEX);
}

export function isHex(text: string): boolean {
  return text !== '' && runEnd(text, 0, HEX) === text.length;
}

/** The number that the text writes in decimal digits alone, or null when it doesn't or when it is above `max`. */
export function decimal(text: string, max: number): number | null {
  if (text === '') return null;
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
    if (value > max) return null;
  }
  return value;
}

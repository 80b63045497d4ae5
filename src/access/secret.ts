import { createHash, randomBytes } from 'node:crypto';

/** By which a key that leaked is recognised, by people and by programs that look for them. */
const PREFIX = 'understudy';
const SECRET_BYTES = 32;
const KEY =
  /^understudy_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

/** A key's text for its holder, who alone has it: `understudy_<id>_<256 random bits>`. */
export function newKeyText(id: string): string {
  return `${PREFIX}_${id.replaceAll('-', '')}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** The id in a key's text; undefined: it isn't one. */
export function idIn(text: string): string | undefined {
  const found = KEY.exec(text);
  return found ? found.slice(1).join('-') : undefined;
}

/**
 * What is kept of a key. One round of SHA-256 is right for a secret of 256 random bits: nobody can guess it, so there is nothing for
 * a slow, salted hash (as passwords need) to slow down but every call's question.
 */
export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

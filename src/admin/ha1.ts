import { createHash } from 'node:crypto';
import { ALGORITHMS, type Algorithm, type Credentials } from '../directory/credentials.js';

const HASH: Readonly<Record<Algorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };
/** Hexadecimal digits of each. */
const DIGITS: Readonly<Record<Algorithm, number>> = { MD5: 32, 'SHA-256': 64 };

/** H(username:realm:password) by every algorithm (RFC 7616 §3.4.2, without session). */
export function ha1Of(username: string, realm: string, password: string): Credentials['ha1'] {
  const of = (algorithm: Algorithm) =>
    createHash(HASH[algorithm]).update(`${username}:${realm}:${password}`, 'utf8').digest('hex');
  return Object.fromEntries(ALGORITHMS.map((algorithm) => [algorithm, of(algorithm)]));
}

/** What an HA1 of the algorithm looks like. */
export function ha1Pattern(algorithm: Algorithm): string {
  return `^[0-9A-Fa-f]{${DIGITS[algorithm]}}$`;
}

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '../errors.js';

const known = new WeakMap<object, string>();

/** Strong (RFC 9110 §8.8.3): equal documents, and only they, have equal ETags. Documents aren't changed once made. */
export function etagOf(document: object): string {
  let etag = known.get(document);
  if (!etag) {
    etag = `"${createHash('sha256').update(JSON.stringify(document)).digest('base64url').slice(0, 27)}"`;
    known.set(document, etag);
  }
  return etag;
}

type Conditions = Pick<IncomingHttpHeaders, 'if-match' | 'if-none-match'>;

/** Before a change (RFC 9110 §13.1): refuses it when the document isn't what its writer thinks it is. */
export function checkPreconditions(headers: Conditions, current: object | undefined): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined && !matches(match, current)) {
    throw new Problem('precondition_failed', 'If-Match names another version');
  }
  if (noneMatch !== undefined && matches(noneMatch, current)) {
    throw new Problem('precondition_failed', 'If-None-Match names this version');
  }
}

/** Whether whoever asks has this very document already. */
export function isFresh(headers: Conditions, current: object): boolean {
  const { 'if-none-match': noneMatch } = headers;
  return noneMatch !== undefined && matches(noneMatch, current);
}

/** A weak ETag (`W/"…"`) is never one of ours, so it matches nothing. */
function matches(condition: string, current: object | undefined): boolean {
  if (!current) return false;
  if (condition.trim() === '*') return true;
  return condition.split(',').some((etag) => etag.trim() === etagOf(current));
}

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '../errors.js';
import { inSlices, type Sliceable } from '../http/slices.js';

const known = new WeakMap<object, string>();

/** Strong (RFC 9110 §8.8.3): equal documents, and only they, have equal ETags. Documents aren't changed once made. */
export async function etagOf(document: object): Promise<string> {
  let etag = known.get(document);
  if (!etag) {
    etag = `"${(await inSlices(digestOf(document))).slice(0, 27)}"`;
    known.set(document, etag);
  }
  return etag;
}

function* digestOf(document: object): Sliceable<string> {
  const hash = createHash('sha256');
  for (const [name, member] of Object.entries(document)) {
    hash.update(JSON.stringify(name));
    for (const part of Array.isArray(member) ? member : [member]) {
      hash.update(`\n${JSON.stringify(part)}`);
      yield;
    }
    hash.update('\n\n');
  }
  return hash.digest('base64url');
}

type Conditions = Pick<IncomingHttpHeaders, 'if-match' | 'if-none-match'>;

/** Before a change (RFC 9110 §13.1): refuses it when the document isn't what its writer thinks it is. */
export async function checkPreconditions(headers: Conditions, current: object | undefined): Promise<void> {
  const { 'if-match': match, 'if-none-match': noneMatch } = headers;
  if (match !== undefined && !(await matches(match, current))) {
    throw new Problem('precondition_failed', 'If-Match names another version');
  }
  if (noneMatch !== undefined && (await matches(noneMatch, current))) {
    throw new Problem('precondition_failed', 'If-None-Match names this version');
  }
}

/** Whether whoever asks has this very document already. */
export async function isFresh(headers: Conditions, current: object): Promise<boolean> {
  const { 'if-none-match': noneMatch } = headers;
  return noneMatch !== undefined && (await matches(noneMatch, current));
}

/** A weak ETag (`W/"…"`) is never one of ours, so it matches nothing. */
async function matches(condition: string, current: object | undefined): Promise<boolean> {
  if (!current) return false;
  if (condition.trim() === '*') return true;
  const known = await etagOf(current);
  return condition.split(',').some((etag) => etag.trim() === known);
}

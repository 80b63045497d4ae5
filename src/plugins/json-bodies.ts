import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.js';

/**
 * JSON is the only language spoken here. A body that is empty is no body: clients name a type with a DELETE too, and
 * where a body is needed its schema says so.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else if (hasHalfPair(body)) done(halfPair());
    else parse(request, body, done);
  });
}

const SURROGATE = /\\ud[89a-f]/i;
/** Every escape in turn, so that the backslash of `\\` begins none; a surrogate without its other half is kept. */
const ESCAPES = /\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|(ud[89a-f])|.)/gis;

/** Text that has no UTF-8: it would reach Postgres changed, and its jsonb not at all. As bytes it can't be sent anyway. */
function hasHalfPair(json: string): boolean {
  if (!SURROGATE.test(json)) return false;
  for (const [, half] of json.matchAll(ESCAPES)) if (half !== undefined) return true;
  return false;
}

function halfPair(): Problem {
  return Problem.badFields([{ field: '', detail: 'half of a surrogate pair is no text (RFC 7493 §2.1)' }]);
}

import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.js';
import { HALF_PAIR, hasHalfPair } from './json-text.js';
import { bodyReadBefore } from './large-bodies.js';

/**
 * JSON is the only language spoken here. A body that is empty is no body: clients name a type with a DELETE too, and
 * where a body is needed its schema says so.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, bodyReadBefore(request));
    else if (hasHalfPair(body)) done(Problem.badFields([{ field: '', detail: HALF_PAIR }]));
    else parse(request, body, done);
  });
}

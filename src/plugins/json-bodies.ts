import type { FastifyInstance } from 'fastify';

/**
 * JSON is the only language spoken here. A body that is empty is no body: clients name a type with a DELETE too, and
 * where a body is needed its schema says so.
 */
export function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body, done);
  });
}

import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/**
 * Without Strict-Transport-Security: it would hold for every other port of the same host, too. And without
 * upgrade-insecure-requests, by which no page would work on plain HTTP.
 */
const SHARED: FastifyHelmetOptions = { hsts: false, xPoweredBy: false };
const NOTHING = { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] };

/** What the Swagger UI loads, all of it from here. */
export const DOCS_POLICY = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'frame-ancestors': "'none'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
};

/** For what browsers are sent in this scope: JSON is never a page. Not for the hot routes, which it would cost half of what they take. */
export async function addSecurityHeaders(scope: FastifyInstance): Promise<void> {
  await scope.register(helmet, {
    ...SHARED,
    contentSecurityPolicy: { useDefaults: false, directives: NOTHING },
  });
}

/** For pages that say by themselves what they load. */
export async function addPageHeaders(scope: FastifyInstance): Promise<void> {
  await scope.register(helmet, { ...SHARED, contentSecurityPolicy: false });
}

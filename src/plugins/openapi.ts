import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyContextConfig, FastifyInstance, FastifySchema } from 'fastify';
import { Problem, type ProblemCode } from '../errors.js';
import { ProblemDocument } from './problem.schema.js';
import { addPageHeaders, DOCS_POLICY } from './security-headers.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The codes that this route answers besides those that come with every body or query; for the documentation. */
    readonly problems?: readonly ProblemCode[];
  }
}

export const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** Of pages that say what the service is, and hold nothing of whom it serves. */
export const DOCS = '/docs';

/** OpenAPI 3.1 from the routes' schemas: at /openapi.json, and to try out at /docs. Before any route. */
export async function describe(app: FastifyInstance): Promise<void> {
  app.addSchema(ProblemDocument);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Understudy',
        version,
        description:
          "Keeps a contact center's callers reaching its agents while the contact center itself is down. " +
          'Routing scripts ask it; people and programs provision it.\n\n' +
          'As soon as there is an API key every request needs one, as `Authorization: Bearer …`, with the scope that each ' +
          'operation names. A key may be limited to contact centers: then it sees and changes nothing of others.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: TAGS,
      // The plugin's types don't know OpenAPI 3.1's mutualTLS.
      components: { securitySchemes: SECURITY_SCHEMES as never },
    },
    convertConstToEnum: false,
    refResolver: { buildLocalReference: (schema) => String(schema.$id) },
    transform: ({ schema, url, route: { method, config } }) => {
      const codes = [...codesOfBody(method), ...codesOfAccess(config), ...(config?.problems ?? [])];
      return { schema: { ...withProblems(schema, codes), security: securityOf(config?.scope) }, url };
    },
  });
  await app.register(async (docs) => {
    await addPageHeaders(docs);
    await docs.register(swaggerUi, { routePrefix: DOCS, staticCSP: DOCS_POLICY });
  });
  app.get('/openapi.json', { schema: { hide: true }, config: { scope: 'open' } }, async () => app.swagger());
}

const TAGS = [
  { name: 'routing', description: 'Called by routing scripts.' },
  {
    name: 'provisioning',
    description: 'Contact centers, their parts, and the Kamailios.',
  },
  {
    name: 'insight',
    description: 'What is bound, where a call would go, where calls went.',
  },
  {
    name: 'operation',
    description: 'What operators order for a time.',
  },
  { name: 'access', description: 'Who may ask for what.' },
  { name: 'service', description: 'Is it alive, is it ready, how is it doing?' },
];

/** The route's answers and its problems: every status once, with the codes that it can carry. */
function withProblems(schema: FastifySchema | undefined, codes: readonly ProblemCode[]): FastifySchema {
  const { response, ...rest } = (schema ?? {}) as FastifySchema & {
    response?: Record<string, unknown>;
  };
  const statuses = new Map<number, ProblemCode[]>();
  for (const code of new Set([...codesOfEvery(rest), ...codes])) {
    const { status } = new Problem(code, '');
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  const problems = [...statuses].map(([status, of]) => [status, problemResponse(of)]);
  return {
    ...rest,
    response: { ...Object.fromEntries(problems), ...response },
  };
}

function codesOfAccess({ scope }: FastifyContextConfig = {}): ProblemCode[] {
  return scope === 'open' ? ['too_many_requests'] : ['unauthorized', 'forbidden', 'too_many_requests'];
}

const SECURITY_SCHEMES = {
  api_key: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key, `understudy_…`, with one of the scopes.',
  },
  node_certificate: {
    type: 'mutualTLS',
    description:
      "A node's client certificate, whose common name is the node's; it counts as scope `signalling`.",
  },
} as const;

/** OpenAPI 3.1 lets requirements name roles, which our scopes are. */
function securityOf(scope: FastifyContextConfig['scope']): Record<string, string[]>[] {
  if (scope === undefined || scope === 'open') return [];
  const key = { api_key: [scope] };
  return scope === 'signalling' ? [key, { node_certificate: [scope] }] : [key];
}

function codesOfEvery({ body, querystring, params }: FastifySchema): ProblemCode[] {
  return body || querystring || params ? ['bad_request'] : [];
}

/** A body that nobody asked for is read all the same, except with a GET. */
function codesOfBody(method: string | readonly string[]): ProblemCode[] {
  return [method].flat().includes('GET') ? [] : ['body_too_large', 'unsupported_media_type'];
}

function problemResponse(codes: readonly ProblemCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${new Problem(code, '').title}`).join('; '),
    content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
  };
}

import type {
  FastifyInstance,
  FastifyRequest,
  onRequestHookHandler,
  preHandlerHookHandler,
  RouteOptions,
} from 'fastify';
import { Problem } from '../errors.js';
import { type Access, ANYBODY, EVERYBODY } from './access.js';
import type { Scope } from './api-key.js';
import { commonNameOf } from './client-certificate.js';
import type { Keys, Refusal } from './keys.js';
import type { Limits } from './limits.js';
import { NodeAccesses } from './node-accesses.js';
import { RateLimit } from './rate-limit.js';
import { domainInPath, type Subject } from './subject.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What whoever sends it may do. */
    access: Access;
  }
  interface FastifyContextConfig {
    /** What a key must have; `open`: no key is needed. No route can do without. */
    readonly scope?: Scope | 'open';
    /** Which contact centers it is about; all routes have one that aren't open. */
    readonly subject?: Subject;
  }
}

export interface GuardDeps {
  readonly keys: Pick<Keys, 'any' | 'holder'>;
  /** Keys are demanded although there is none: nobody but nodes can do anything. */
  readonly demanded: boolean;
  readonly limits: Limits;
  /** The routes under it are a plugin's, which can't declare that they are open. */
  readonly openPath: string;
  /** Whose certificates count. */
  isNode(name: string): boolean;
  readonly clock: () => number;
}

const WHY: Readonly<Record<Refusal, string>> = {
  malformed: 'The Authorization header holds no API key (Bearer understudy_…)',
  unknown: 'There is no such API key',
  revoked: 'The API key was revoked',
  expired: 'The API key has expired',
};
const PATH_SAYS: ReadonlySet<Subject | undefined> = new Set<Subject>([domainInPath, 'all']);
const BEARER = /^bearer +/i;

/** Nothing reaches a route that its sender may not ask for. Before any route is added: each is checked as it declares. */
export function guard(app: FastifyInstance, deps: GuardDeps): void {
  const { keys, demanded, limits, clock } = deps;
  const nodes = new NodeAccesses(deps.isNode);
  const signalling = new RateLimit(limits.signalling);
  const people = new RateLimit(limits.people);
  const open = new RateLimit(limits.open);
  const unauthorized = new RateLimit(limits.unauthorized);
  const guards = new WeakSet<onRequestHookHandler>();

  // A decorator may not be an object that all requests would share; the guard sets it before anybody reads it.
  app.decorateRequest('access', null as unknown as Access);
  app.addHook('onRoute', (route) => {
    // Fastify answers HEAD by the route of GET, hooks included.
    if ([route.onRequest ?? []].flat().some((hook) => guards.has(hook))) return;
    const authorise = guardOf(route);
    guards.add(authorise);
    const own = [route.onRequest ?? []].flat();
    route.onRequest = [authorise, ...own];
    if (isOpen(route)) return;
    const check = subjectCheckOf(route);
    // What the path says is known before a body is read: who may not change a thing can't have its document parsed.
    if (PATH_SAYS.has(route.config?.subject)) route.onRequest = [authorise, check, ...own];
    route.preHandler = [check, ...[route.preHandler ?? []].flat()];
  });
  // Who has no key isn't told either what isn't here.
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.is404) request.access = whoAsks(request);
    done();
  });

  function isOpen({ url, config }: RouteOptions): boolean {
    return config?.scope === 'open' || url.startsWith(deps.openPath);
  }

  function guardOf(route: RouteOptions): onRequestHookHandler {
    const { config, method, url } = route;
    const scope = isOpen(route) ? 'open' : config?.scope;
    if (scope === undefined) throw new Error(`${method} ${url} doesn't declare its scope`);
    if (scope === 'open') {
      return (request, _reply, done) => {
        request.access = ANYBODY;
        if (isGuarded()) count(open, request.ip);
        done();
      };
    }
    return (request, _reply, done) => {
      const access = whoAsks(request);
      request.access = access;
      if (access === EVERYBODY) return done();
      if (scope === 'signalling') count(signalling, `${access.counted} ${request.ip}`);
      else count(people, access.counted);
      if (!access.may(scope)) throw outOfScope(scope);
      done();
    };
  }

  function isGuarded(): boolean {
    return demanded || keys.any;
  }

  function whoAsks(request: FastifyRequest): Access {
    if (!isGuarded()) return EVERYBODY;
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const found = BEARER.test(authorization)
        ? keys.holder(authorization.replace(BEARER, '').trim())
        : 'malformed';
      if (typeof found !== 'string') return found;
      throw refused(request, WHY[found], true);
    }
    const name = commonNameOf(request.raw.socket);
    const node = name === undefined ? undefined : nodes.of(name);
    if (node) return node;
    const detail = name === undefined ? 'An API key is needed' : 'The client certificate names no known node';
    throw refused(request, detail, false);
  }

  function refused(request: FastifyRequest, detail: string, given: boolean): Problem {
    count(unauthorized, request.ip);
    // RFC 6750 §3.
    const challenge = given
      ? 'Bearer realm="understudy", error="invalid_token"'
      : 'Bearer realm="understudy"';
    return new Problem('unauthorized', detail, { headers: { 'www-authenticate': challenge } });
  }

  function count(limit: RateLimit, asker: string): void {
    const seconds = limit.take(asker, clock());
    if (seconds === 0) return;
    throw new Problem('too_many_requests', `Come again in ${seconds} s`, {
      headers: { 'retry-after': String(seconds) },
    });
  }
}

function outOfScope(scope: Scope): Problem {
  return new Problem('forbidden', `The API key doesn't have the scope ${scope}`, {
    headers: {
      'www-authenticate': `Bearer realm="understudy", error="insufficient_scope", scope="${scope}"`,
    },
  });
}

/** After the schemas, where it reads what they have checked. */
function subjectCheckOf({ config, method, url }: RouteOptions): preHandlerHookHandler {
  const { subject } = config ?? {};
  if (subject === undefined) throw new Error(`${method} ${url} doesn't declare its subject`);
  return (request, _reply, done) => {
    const { access } = request;
    if (access.node !== null) checkNode(access.node, request);
    if (access.domains === null || subject === 'own') return done();
    const domain = subject === 'all' ? undefined : subject(request);
    if (subject === 'all' || (domain !== undefined && !access.covers(domain))) {
      throw new Problem('forbidden', 'The API key is limited to other contact centers');
    }
    done();
  };
}

/** A node speaks for itself alone. */
function checkNode(name: string, { params, body }: FastifyRequest): void {
  for (const part of [params, body]) {
    const { node } = (part ?? {}) as { node?: unknown };
    if (typeof node === 'string' && node !== name) {
      throw new Problem('forbidden', `The client certificate is that of the node ${name}`);
    }
  }
}

import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, type ProblemCode } from '../errors.js';
import { fieldErrors } from './field-errors.js';

const CODE_BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  404: 'not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** Answers of everyday traffic that isn't ours: at `info` a busy registrar would fill the log with them. */
const EVERYDAY: ReadonlySet<ProblemCode> = new Set(['unknown_address', 'not_found']);

/** Every error leaves as RFC 9457 `application/problem+json`, and every one is logged with the call it belongs to. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answer(asProblem(error), request, reply));
  app.setNotFoundHandler((request, reply) =>
    answer(new Problem('not_found', `${request.method} ${pathOf(request.url)} is not here`), request, reply),
  );
}

/** Also what Fastify finds wrong before a route is known, such as a `%` that escapes nothing in the path. */
export function answer(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  log(request.log, problem, request);
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem.toBody());
}

export function asProblem(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error;
  if (error.validation) return malformed(fieldErrors(error.validation), error);
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) return new Problem('internal', 'It is in the log', { cause: error });
  const code = CODE_BY_STATUS[status];
  if (code) return new Problem(code, error.message, { cause: error });
  return malformed([{ field: '', detail: error.message }], error);
}

function malformed(fields: Problem['fields'], cause: FastifyError): Problem {
  const detail = fields.map(({ field, detail }) => `${field || 'the request'}: ${detail}`).join('; ');
  return new Problem('bad_request', detail, { fields, cause });
}

function log(logger: FastifyBaseLogger, problem: Problem, request: FastifyRequest): void {
  const line = {
    ...whoCalls(request.body),
    code: problem.code,
    status: problem.status,
    method: request.method,
    path: pathOf(request.url),
    detail: problem.message,
  };
  if (problem.status >= 500) {
    logger.error({ ...line, err: problem.cause ?? problem }, problem.title);
  } else if (EVERYDAY.has(problem.code)) logger.debug(line, problem.title);
  else logger.info(line, problem.title);
}

/** What lets an operator find the call in Kamailio's log and on the wire. */
function whoCalls(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return {};
  const { call_id, node, aor, ruri } = body as Record<string, unknown>;
  return { call_id, node, aor, ruri };
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] as string;
}

import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { LightMyRequestResponse } from 'fastify';
import type { FuzzedRequest, Operation } from './fuzz-operations.js';

/** Says what is wrong with an answer, if anything. */
export type Judge = (request: FuzzedRequest, answer: LightMyRequestResponse) => string | undefined;

/** These say that somebody else is away, which is so here: no Kamailio runs, and contact centers are reported down. */
export const ELSEWHERE: ReadonlySet<string> = new Set(['node_unavailable', 'contact_center_down']);

/** By the document that the service serves: what it says of an operation is what an answer is held to. */
export function judgeBy(operations: ReadonlyMap<string, Operation>): Judge {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  const validators = new Map<object, ValidateFunction>();

  function answered(operation: Operation, answer: LightMyRequestResponse): string | undefined {
    const { content } = operation.responses[answer.statusCode] ?? {};
    if (!content) return answer.body === '' ? undefined : 'has a body that is not documented';
    const type = String(answer.headers['content-type']).replace(/;.*/, '');
    const schema = content[type]?.schema;
    if (!schema) return `is ${type}, which is not documented`;
    if (type !== 'application/json') return undefined;
    const known = validators.get(schema) ?? ajv.compile(schema);
    validators.set(schema, known);
    return known(answer.json()) ? undefined : `is not as documented: ${ajv.errorsText(known.errors)}`;
  }

  return (request, answer) => {
    const operation = operations.get(request.operation) as Operation;
    const { statusCode } = answer;
    if (statusCode >= 400) return problem(request, operation, answer);
    if (request.astray) return undefined;
    return operation.responses[statusCode]
      ? answered(operation, answer)
      : 'has a status that is not documented';
  };
}

function problem(request: FuzzedRequest, operation: Operation, answer: LightMyRequestResponse) {
  const { statusCode, headers } = answer;
  if (headers['content-type'] !== 'application/problem+json') return `is ${headers['content-type']}`;
  const { status, code, title, detail, field, errors } = answer.json();
  if (statusCode >= 500 && !ELSEWHERE.has(code)) return `says that the service failed: ${code}`;
  if (status !== statusCode || !title || typeof detail !== 'string') return 'is no whole problem';
  if (statusCode === 400 && !namesFields(field, errors)) return 'names no field';
  if (request.astray) return undefined;
  const documented = operation.responses[statusCode];
  if (!documented) return 'has a status that is not documented';
  return documented.description.includes(`\`${code}\``)
    ? undefined
    : `has a code that is not documented: ${code}`;
}

/** `''` is all of the request, such as a body that is no JSON. */
function namesFields(field: unknown, errors: unknown): boolean {
  if (!Array.isArray(errors) || errors.length === 0 || errors[0].field !== field) return false;
  return errors.every(
    (one) => /^(\/.*)?$/s.test(one.field) && typeof one.detail === 'string' && one.detail !== '',
  );
}

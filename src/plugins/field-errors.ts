import type { FastifySchemaValidationError } from 'fastify';
import type { FieldError } from '../errors.js';

/** As many as a person reads; a document with 20,000 agents can be wrong in each of them. */
const MAX_ERRORS = 100;
/** A member's name may be as long as a body. */
const MAX_POINTER = 500;

/** What ajv found, one entry a field: the field is where the fault is, not the object around it. */
export function fieldErrors(errors: readonly FastifySchemaValidationError[]): FieldError[] {
  const details = new Map<string, string[]>();
  for (const error of errors) {
    const field = pointerOf(error);
    const said = details.get(field);
    if (said) said.push(detailOf(error));
    else if (details.size < MAX_ERRORS) details.set(field, [detailOf(error)]);
  }
  return [...details].map(([field, said]) => ({
    field,
    detail: summary(said),
  }));
}

function pointerOf({ instancePath, params }: FastifySchemaValidationError): string {
  const member = params.missingProperty ?? params.additionalProperty ?? params.propertyName;
  if (typeof member !== 'string') return shortened(instancePath);
  return shortened(`${instancePath}/${escapePointer(shortened(member))}`);
}

function shortened(text: string): string {
  return text.length > MAX_POINTER ? `${text.slice(0, MAX_POINTER)}…` : text;
}

/** RFC 6901 §3. */
function escapePointer(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1');
}

const ANY_OF = 'must match a schema in anyOf';

function detailOf({ keyword, params, message }: FastifySchemaValidationError): string {
  if (keyword === 'required') return 'is missing';
  if (keyword === 'additionalProperties') return 'is unknown';
  if (keyword === 'enum') return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
  if (keyword === 'const') return `must be ${String(params.allowedValue)}`;
  return message ?? 'is invalid';
}

/** Of an `anyOf`, ajv reports every branch and then that none matched. */
function summary(details: readonly string[]): string {
  const joint = details.includes(ANY_OF) ? ' or ' : ', ';
  return [...new Set(details.filter((detail) => detail !== ANY_OF))].join(joint) || ANY_OF;
}

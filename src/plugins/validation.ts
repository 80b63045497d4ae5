import { type SerializerFactory, SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import { newAjv } from './ajv.js';

/**
 * JSON is taken as it is: `"1"` is no number and a misspelt member is an error, not dropped. Query strings and path
 * parameters are text by nature, so there numbers and lists are read out of text.
 */
const JSON_VALUES = newAjv();
const TEXTS = newAjv({ coerceTypes: 'array' });

/** Bodies that have passed their schemas in another thread. */
export const PASSED = new WeakSet<object>();

/** What calls and phones wait for is compiled before the first of them asks. */
const HOT: ReadonlySet<string | undefined> = new Set([
  '/v1/register',
  '/v1/route',
  '/v1/outcomes',
  '/v1/credentials',
]);

/**
 * All else is compiled when a route is asked for the first time: a start compiles none of the hundreds that nobody may ever ask for,
 * and takes two thirds of the time. What is compiled is kept for every server of this process, of which the tests build hundreds.
 */
export const validatorCompiler: FastifySchemaCompiler<object> = ({ schema, httpPart, url }) => {
  const compiled = once(() => (httpPart === 'body' ? JSON_VALUES : TEXTS).compile(schema));
  if (HOT.has(url)) compiled();
  const validate: Validate = (data) => {
    if (typeof data === 'object' && data !== null && PASSED.has(data)) return true;
    const isValid = compiled()(data);
    validate.errors = compiled().errors ?? null;
    return isValid;
  };
  return validate;
};

/** The same for answers. */
export const buildSerializer: SerializerFactory = (externalSchemas, options) => {
  const compile = SerializerSelector()(externalSchemas, options);
  return (route) => {
    const compiled = once(() => {
      const schema = route.schema as object;
      const serialize = SERIALIZERS.get(schema) ?? compile(route);
      SERIALIZERS.set(schema, serialize);
      return serialize;
    });
    if (HOT.has(route.url)) compiled();
    return (data) => compiled()(data);
  };
};

const SERIALIZERS = new WeakMap<object, ReturnType<ReturnType<SerializerFactory>>>();

interface Validate {
  (data: unknown): boolean;
  errors?: NonNullable<ValidateFunction['errors']> | null;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

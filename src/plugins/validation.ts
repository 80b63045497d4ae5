import { type SerializerFactory, SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import { Ajv, type Options, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler } from 'fastify';

const OPTIONS: Options = {
  allErrors: true,
  useDefaults: true,
  allowUnionTypes: true,
  strictTypes: false,
};

/**
 * JSON is taken as it is: `"1"` is no number and a misspelt member is an error, not dropped. Query strings and path
 * parameters are text by nature, so there numbers and lists are read out of text. Compiled when a route is asked for the first time:
 * a start compiles none of the hundreds that nobody may ever ask for, and takes two thirds of the time.
 */
export function validatorCompiler(): FastifySchemaCompiler<object> {
  const json = withFormats(new Ajv(OPTIONS));
  const text = withFormats(new Ajv({ ...OPTIONS, coerceTypes: 'array' }));
  return ({ schema, httpPart }) => {
    const compiled = once(() => (httpPart === 'body' ? json : text).compile(schema));
    const validate: Validate = (data) => {
      const isValid = compiled()(data);
      validate.errors = compiled().errors ?? null;
      return isValid;
    };
    return validate;
  };
}

/** The same for answers. */
export const buildSerializer: SerializerFactory = (externalSchemas, options) => {
  const compile = SerializerSelector()(externalSchemas, options);
  return (route) => {
    const compiled = once(() => compile(route));
    return (data) => compiled()(data);
  };
};

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

function withFormats(ajv: Ajv): Ajv {
  // Published as CommonJS: under nodenext the function is the module's `default` member.
  addFormats.default(ajv);
  return ajv;
}

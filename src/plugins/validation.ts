import { Ajv, type Options } from 'ajv';
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
 * parameters are text by nature, so there numbers and lists are read out of text.
 */
export function validatorCompiler(): FastifySchemaCompiler<object> {
  const json = withFormats(new Ajv(OPTIONS));
  const text = withFormats(new Ajv({ ...OPTIONS, coerceTypes: 'array' }));
  return ({ schema, httpPart }) => (httpPart === 'body' ? json : text).compile(schema);
}

function withFormats(ajv: Ajv): Ajv {
  // Published as CommonJS: under nodenext the function is the module's `default` member.
  addFormats.default(ajv);
  return ajv;
}

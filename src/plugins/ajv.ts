import { Ajv, type Options } from 'ajv';
import addFormats from 'ajv-formats';

const OPTIONS: Options = {
  allErrors: true,
  useDefaults: true,
  allowUnionTypes: true,
  strictTypes: false,
};

export function newAjv(options: Options = {}): Ajv {
  const ajv = new Ajv({ ...OPTIONS, ...options });
  // Published as CommonJS: under nodenext the function is the module's `default` member.
  addFormats.default(ajv);
  return ajv;
}

import { Type } from 'typebox';
import { OverrideBody } from './overrides.schema.js';

export const PauseParams = Type.Object({
  domain: Type.String({ maxLength: 253, examples: ['cc.example.com'] }),
  name: Type.String({ maxLength: 63, examples: ['alice'] }),
});

export const PauseBody = Type.Pick(OverrideBody, ['reason', 'by', 'expires_in_seconds'], {
  additionalProperties: false,
});

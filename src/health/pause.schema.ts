import { Type } from 'typebox';
import { OverrideBody } from './overrides.schema.js';

export const PauseBody = Type.Pick(OverrideBody, ['reason', 'by', 'expires_in_seconds'], {
  additionalProperties: false,
});

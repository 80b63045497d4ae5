import { Type } from 'typebox';

export const From = Type.Optional(
  Type.String({ description: 'Who asks (RFC 9110 §10.1.2); kept with the change in /v1/changes.' }),
);
export const Author = Type.Object({ from: From });

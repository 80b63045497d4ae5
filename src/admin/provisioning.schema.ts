import { type TSchema, Type } from 'typebox';
import { From } from '../http/author.schema.js';
import { nothing } from '../http/no-body.schema.js';

/** What the provisioning routes share: path parameters, conditions (RFC 9110 §13.1) and answers without a body. */

const Domain = Type.String({ maxLength: 253, examples: ['cc.example.com'] });
const Name = Type.String({ maxLength: 63, examples: ['sales'] });

export const DomainParams = Type.Object({ domain: Domain });
export const PartParams = Type.Object({ domain: Domain, name: Name });
export const SkillParams = Type.Object({ domain: Domain, name: Name, skillset: Name });

export const Conditional = Type.Object({
  from: From,
  'if-match': Type.Optional(Type.String({ description: 'Only if it still has this ETag, or (`*`) exists.' })),
  'if-none-match': Type.Optional(Type.String({ description: 'Only if (`*`) it does not exist yet.' })),
});

export const Fresh = nothing('The version that If-None-Match names is the current one.');

/** An answer that comes with its ETag. */
export function tagged<T extends TSchema>(schema: T, description: string): T {
  return { ...schema, description, headers: { ETag: { type: 'string', description: 'Of this version.' } } };
}

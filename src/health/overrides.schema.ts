import { type Static, Type } from 'typebox';
import { nullable, PRINTABLE, Time, UUID } from '../http/values.schema.js';

const WEEK_SECONDS = 604_800;

const Domain = Type.String({ maxLength: 253, examples: ['cc.example.com'] });
const Name = Type.String({ maxLength: 63, examples: ['sales'] });
const Uri = Type.String({ maxLength: 255, examples: ['sip:192.0.2.10:5060'] });
const words = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: PRINTABLE, description });

export const OverrideBody = Type.Object(
  {
    contact_center: Domain,
    kind: Type.Enum(['bypass', 'normal', 'drain', 'drill'], {
      description:
        '`bypass`: not tried first, whatever its health. `normal`: tried first, whatever its health. `drain`: the location gets ' +
        'no new calls. `drill`: calls of the caller, or to the address, go as if the contact center were down.',
    }),
    skillset: Type.Optional(Name),
    location: Type.Optional(Uri),
    caller: Type.Optional(Uri),
    address: Type.Optional(Uri),
    reason: words(500, 'Why, for whoever wonders.'),
    by: words(200, 'Who orders it.'),
    expires_in_seconds: Type.Integer({ minimum: 1, maximum: WEEK_SECONDS }),
  },
  { additionalProperties: false },
);
export type OverrideBody = Static<typeof OverrideBody>;

export const OverrideDocument = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    contact_center: Type.String(),
    kind: Type.Enum(['bypass', 'normal', 'drain', 'drill', 'pause']),
    skillset: nullable(Type.String()),
    location: nullable(Type.String()),
    agent: nullable(Type.String()),
    caller: nullable(Type.String()),
    address: nullable(Type.String()),
    reason: Type.String(),
    by: Type.String({ description: 'Who ordered it, as the client said.' }),
    asked_by: nullable(Type.String(), 'Whose key it was, or from where it came; null: it is not known.'),
    created_at: Time,
    expires_at: Time,
  },
  { description: 'What an operator has ordered for a time; null: not limited so.' },
);

export const OverridesDocument = Type.Object(
  { overrides: Type.Array(OverrideDocument) },
  { description: 'Overrides that are in force, the oldest first.' },
);

export const OverrideParams = Type.Object({ id: Type.String({ pattern: UUID }) });
export const OverridesQuery = Type.Object({ contact_center: Type.Optional(Domain) });

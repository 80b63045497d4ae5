import { type Static, Type } from 'typebox';
import { nullable, PRINTABLE, Time } from '../http/values.schema.js';

const Since = (description: string) =>
  Type.Optional(
    Type.String({ format: 'date-time', description: `${description} (RFC 3339); a + must be sent as %2B.` }),
  );
const Domain = Type.Optional(Type.String({ maxLength: 253, examples: ['cc.example.com'] }));
const Kind = Type.Enum(['configuration', 'override', 'health', 'bypass']);

export const ChangesQuery = Type.Object({
  contact_center: Domain,
  kind: Type.Optional(Kind),
  subject: Type.Optional(
    Type.String({
      maxLength: 300,
      pattern: PRINTABLE,
      description: 'What changed, such as `skillsets/sales`, `locations` or `sip:192.0.2.10:5060`.',
    }),
  ),
  since: Since('The oldest wanted'),
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
});

const ChangeDocument = Type.Object({
  at: Time,
  contact_center: nullable(Type.String()),
  kind: Kind,
  subject: Type.String(),
  by: nullable(
    Type.String({
      description:
        'Who asked for it: the From header (RFC 9110 §10.1.2), or where the request came from; `understudy`: it happened by itself.',
    }),
  ),
  reason: nullable(Type.String()),
  before: Type.Unknown({ description: 'What differs, as it was; null: it was not there.' }),
  after: Type.Unknown({ description: 'What differs, as it is since then; null: it is gone.' }),
});
export type ChangeDocument = Static<typeof ChangeDocument>;

export const ChangesDocument = Type.Object(
  { changes: Type.Array(ChangeDocument) },
  { description: 'Changes, the newest first.' },
);

export const BypassQuery = Type.Object({
  contact_center: Domain,
  since: Since('Counted from here; by default the last 30 days'),
});

export const BypassDocument = Type.Object({
  since: Time,
  until: Time,
  bypass: Type.Array(
    Type.Object({
      contact_center: Type.String(),
      skillset: nullable(Type.String({ description: 'null: the contact center as a whole.' })),
      bypass: Type.Boolean({ description: 'Whether it is in bypass now.' }),
      changed_at: nullable(Time),
      seconds: Type.Integer({ description: 'How long it was in bypass between `since` and `until`.' }),
    }),
    { description: 'Every contact center, and its skillsets that have been in bypass by themselves.' },
  ),
});

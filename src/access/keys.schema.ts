import { type Static, Type } from 'typebox';
import { nullable, PRINTABLE, Time, UUID } from '../http/values.schema.js';
import { SCOPES } from './api-key.js';

const TEN_YEARS = 10 * 366 * 24 * 3_600;
const MONTH = 30 * 24 * 3_600;
const HOUR = 3_600;
const MAX_CONTACT_CENTERS = 1_000;

const Name = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: PRINTABLE,
  description: 'Whose it is.',
  examples: ['reg1'],
});
const Scopes = Type.Array(Type.Enum([...SCOPES]), {
  minItems: 1,
  maxItems: SCOPES.length,
  description:
    '`signalling`: what routing scripts call; `read`: everything that only tells; `admin`: everything that changes something, ' +
    'and `read` with it.',
});

export const KeyParams = Type.Object({ id: Type.String({ pattern: UUID, description: 'The id of a key.' }) });

export const KeyBody = Type.Object(
  {
    name: Name,
    scopes: Scopes,
    contact_centers: Type.Optional(
      nullable(
        Type.Array(Type.String({ maxLength: 253, examples: ['cc.example.com'] }), {
          minItems: 1,
          maxItems: MAX_CONTACT_CENTERS,
        }),
        'The domains that it is limited to, provisioned or not; null: all of them.',
      ),
    ),
    expires_in_seconds: Type.Optional(
      nullable(Type.Integer({ minimum: 1, maximum: TEN_YEARS }), 'null: it does not expire.'),
    ),
  },
  { additionalProperties: false },
);

export const RotateBody = Type.Object(
  {
    overlap_seconds: Type.Integer({
      minimum: 0,
      maximum: MONTH,
      default: HOUR,
      description: 'How long the key as it was until now stays good beside the new one.',
    }),
  },
  { additionalProperties: false },
);

const KEY = {
  id: Type.String({ format: 'uuid' }),
  name: Name,
  scopes: Scopes,
  contact_centers: nullable(
    Type.Array(Type.String()),
    'The domains that it is limited to; null: all of them.',
  ),
  created_at: Time,
  expires_at: nullable(Time, 'null: it does not expire.'),
  rotated_at: nullable(Time, 'When it last got another secret.'),
  old_secret_until: nullable(Time, 'How long the secret before that is, or was, good.'),
  revoked_at: nullable(Time, 'null: it was not revoked.'),
  last_used_at: nullable(Time, 'Give or take a minute.'),
};

export const KeyDocument = Type.Object(KEY, { description: 'A key, without its secret.' });
export const IssuedKeyDocument = Type.Object(
  {
    ...KEY,
    key: Type.String({ description: 'What to send as `Authorization: Bearer …`; it is never shown again.' }),
  },
  { description: 'A key with its secret.' },
);
export const KeysDocument = Type.Object(
  { keys: Type.Array(KeyDocument) },
  { description: 'The oldest first.' },
);
export type KeyBody = Static<typeof KeyBody>;

import { type Static, Type } from 'typebox';
import { ALGORITHMS } from '../directory/credentials.js';
import { ha1Pattern } from './ha1.js';

const CLOSED = { additionalProperties: false };
/** What needs no escaping in a quoted string of a SIP header (RFC 3261 §25.1). */
const QUOTABLE = '^[ !#-\\[\\]-~]+$';
const quotable = (description: string, example: string) =>
  Type.String({ minLength: 1, maxLength: 253, pattern: QUOTABLE, description, examples: [example] });
const REALM = 'What the phones are asked to log in to.';
const USERNAME = 'What the phones log in as.';

const hash = (algorithm: (typeof ALGORITHMS)[number]) =>
  Type.Optional(Type.String({ pattern: ha1Pattern(algorithm) }));

export const CredentialsBody = Type.Object(
  {
    realm: Type.Optional(quotable(`${REALM} Default: the domain.`, 'cc.example.com')),
    username: Type.Optional(quotable(`${USERNAME} Default: the agent's name.`, 'alice')),
    password: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        pattern: '^[^\\u0000-\\u001f\\u007f]+$',
        description: 'Its hashes are kept, the password is not.',
        writeOnly: true,
      }),
    ),
    ha1: Type.Optional(
      Type.Object(
        { MD5: hash('MD5'), 'SHA-256': hash('SHA-256') },
        {
          ...CLOSED,
          minProperties: 1,
          writeOnly: true,
          description: 'Instead of a password: H(username:realm:password) by one or both algorithms.',
        },
      ),
    ),
  },
  CLOSED,
);
export type CredentialsBody = Static<typeof CredentialsBody>;

const nullable = (description: string) => Type.Union([Type.String({ description }), Type.Null()]);

export const CredentialsDocument = Type.Object(
  {
    set: Type.Boolean({ description: 'Whether the agent has any.' }),
    realm: nullable(REALM),
    username: nullable(USERNAME),
    algorithms: Type.Array(Type.Enum([...ALGORITHMS])),
  },
  { description: 'Whether an agent has credentials. Neither a password nor a hash of it is ever read here.' },
);
export type CredentialsDocument = Static<typeof CredentialsDocument>;

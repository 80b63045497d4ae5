import { type Static, Type } from 'typebox';

export const CredentialsRequest = Type.Object({
  node: Type.String({
    maxLength: 255,
    description: 'The node that asks; only a provisioned one is told hashes.',
  }),
  aor: Type.String({ maxLength: 255, description: 'The URI of the To header.' }),
});

const nullable = (description: string) => Type.Union([Type.String({ description }), Type.Null()]);

export const CredentialsAnswer = Type.Object(
  {
    aor: Type.String({ description: 'The address as we print it: what a script keeps the answer under.' }),
    authenticate: Type.Enum(['no', 'always', 'on_behalf'], {
      description:
        'Whether phones of this agent must prove that they have the password. `on_behalf`: only while the contact ' +
        'center, which asks for it itself, is down.',
    }),
    realm: nullable('What they are asked to log in to; null with `no`, as is what follows.'),
    username: nullable('What they log in as.'),
    ha1: Type.Union(
      [
        Type.Object({ MD5: Type.Optional(Type.String()), 'SHA-256': Type.Optional(Type.String()) }),
        Type.Null(),
      ],
      { description: 'H(username:realm:password) by algorithm (RFC 8760): as good as the password itself.' },
    ),
  },
  { description: 'What an agent must prove to have.' },
);
export type CredentialsAnswer = Static<typeof CredentialsAnswer>;
export type CredentialsRequest = Static<typeof CredentialsRequest>;

import { Type } from '@fastify/type-provider-typebox';

const Field = Type.String({
  description: 'JSON pointer into the body, or `/name` of a query or path parameter; empty: all of it.',
  examples: ['/agents/3/skills/sales'],
});

/** RFC 9457. */
export const ProblemDocument = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable: programs may depend on it.' }),
    detail: Type.String(),
    field: Type.Optional(Field),
    errors: Type.Optional(Type.Array(Type.Object({ field: Field, detail: Type.String() }))),
  },
  { $id: 'Problem', description: 'What went wrong (RFC 9457).' },
);

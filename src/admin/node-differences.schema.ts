import { Type } from 'typebox';

/** As many as a person reads; a repair puts right all of them. */
export const MAX_DIFFERENCES = 1_000;

const Compared = Type.Union([
  Type.Object({
    q: Type.Number(),
    expires: Type.Union([Type.Integer(), Type.Null()], { description: 'Seconds left; null: permanent.' }),
    path: Type.Union([Type.String(), Type.Null()]),
    received: Type.Union([Type.String(), Type.Null()]),
  }),
  Type.Null(),
]);

const Difference = Type.Object({
  address: Type.String(),
  contact: Type.String(),
  kind: Type.Enum(['missing', 'extra', 'different']),
  wanted: Compared,
  held: Compared,
  repair: Type.Enum(['put', 'remove', 'leave'], {
    description:
      'What a repair makes of it. What nobody wants but runs out by itself is left: a phone may have registered while the service was away.',
  }),
});

export const DifferencesDocument = Type.Object({
  node: Type.String(),
  at: Type.String({ format: 'date-time' }),
  total: Type.Integer({ description: 'How many there are.' }),
  differences: Type.Array(Difference, { description: `The first ${MAX_DIFFERENCES}.` }),
});

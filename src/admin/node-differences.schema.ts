import { Type } from 'typebox';
import { nullable, Time } from '../http/values.schema.js';

/** As many as a person reads; a repair puts right all of them. */
export const MAX_DIFFERENCES = 1_000;

const Compared = Type.Union([
  Type.Object({
    q: Type.Number(),
    expires: nullable(Type.Integer(), 'Seconds left; null: permanent.'),
    path: nullable(Type.String()),
    received: nullable(Type.String()),
  }),
  Type.Null(),
]);

const Difference = Type.Object({
  address: Type.String(),
  contact: Type.String(),
  kind: Type.Enum(['missing', 'extra', 'different', 'misplaced'], {
    description:
      'misplaced: only its place in the list of the registrar is wrong; it is removed and put anew.',
  }),
  wanted: Compared,
  held: Compared,
  repair: Type.Enum(['put', 'remove', 'leave'], {
    description:
      'What a repair makes of it. What nobody wants but runs out by itself is left: a phone may have registered while the service was away.',
  }),
});

export const DifferencesDocument = Type.Object({
  node: Type.String(),
  at: Time,
  total: Type.Integer({ description: 'How many there are.' }),
  differences: Type.Array(Difference, { description: `The first ${MAX_DIFFERENCES}.` }),
});

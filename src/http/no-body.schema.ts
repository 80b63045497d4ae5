import { Type } from 'typebox';

/** An answer without a body; a body of `null` would come with a type and a length. */
export function nothing(description: string) {
  return Type.Unsafe<undefined>({ type: 'null', description });
}

export const Gone = nothing('It is gone.');

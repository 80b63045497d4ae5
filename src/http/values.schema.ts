import { type TSchema, Type } from 'typebox';

/** Values that the journeys' documents share. */

/** Control characters would break a SIP message, a log line or (NUL) a Postgres text. */
export const PRINTABLE = '^[^\\u0000-\\u001f\\u007f]*$';
/** ajv's `uuid` format also takes `urn:uuid:…`, which Postgres does not. */
export const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';

/** RFC 3339. */
export const Time = Type.String({ format: 'date-time' });

export function nullable<T extends TSchema>(schema: T, description?: string) {
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description });
}

/** A script may leave out what it doesn't know, or say null. */
export function unlessUnknown<T extends TSchema>(schema: T) {
  return Type.Optional(nullable(schema));
}

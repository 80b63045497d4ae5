import { type Static, Type } from 'typebox';
import { nullable, PRINTABLE, unlessUnknown } from '../http/values.schema.js';

const MAX_URI = 255;
const MAX_TEXT = 255;
/** As long as the fields that src/sip parses may be. */
const MAX_FIELD = 2_000;
/** An answer lists every phone of the agent, in whatever words. */
const MAX_ANSWER = 16_000;
const MAX_EXPIRES = 2 ** 32 - 1;
/** RFC 3261 §8.1.1.5. */
const MAX_CSEQ = 2 ** 31 - 1;
/** A Call-ID is printed into SIP messages again, so it is visible ASCII (RFC 3261 §25.1, `callid`). */
const VISIBLE = '^[!-~]+$';

const text = (description: string) => Type.String({ maxLength: MAX_TEXT, pattern: PRINTABLE, description });

export const RegisterRequest = Type.Object({
  node: unlessUnknown(text('The node that took the REGISTER.')),
  aor: Type.String({ maxLength: MAX_URI, description: 'The URI of the To header.' }),
  contact: Type.String({
    minLength: 1,
    maxLength: MAX_FIELD,
    description: 'The Contact field as it stands: contacts separated by commas, or `*`.',
  }),
  expires: unlessUnknown(
    Type.Integer({ minimum: 0, maximum: MAX_EXPIRES, description: 'The Expires header, in seconds.' }),
  ),
  call_id: Type.String({ minLength: 1, maxLength: MAX_TEXT, pattern: VISIBLE }),
  cseq: Type.Integer({ minimum: 0, maximum: MAX_CSEQ }),
  path: unlessUnknown(Type.String({ maxLength: MAX_FIELD, description: 'The Path field as it stands.' })),
  received: unlessUnknown(
    Type.String({ maxLength: MAX_URI, description: 'Where it really came from, as a SIP URI, behind NAT.' }),
  ),
  user_agent: unlessUnknown(text('The User-Agent header.')),
  source_ip: unlessUnknown(text('The IP address that the REGISTER came from.')),
  authenticated: unlessUnknown(
    Type.Boolean({
      description: "Whether the phone has proved to have the agent's password (POST /v1/credentials).",
    }),
  ),
  contact_center_status: unlessUnknown(
    Type.Integer({
      minimum: 200,
      maximum: 699,
      description:
        'The contact center was asked first: its 2xx, or the 408, 477 or 5xx with which all of its locations failed.',
    }),
  ),
  contact_center_contact: unlessUnknown(
    Type.String({ maxLength: MAX_ANSWER, description: 'The Contact field of its 2xx as it stands.' }),
  ),
  contact_center_expires: unlessUnknown(
    Type.Integer({ minimum: 0, maximum: MAX_EXPIRES, description: 'The Expires header of its 2xx.' }),
  ),
});
export type RegisterRequest = Static<typeof RegisterRequest>;

const Registration = Type.Object({
  aor: Type.String(),
  contact: Type.String(),
  q: Type.Number({ description: 'With three decimals at most (RFC 3261 §20.10).' }),
  expires: Type.Integer({ description: 'Seconds; 0 withdraws the binding.' }),
  role: Type.Enum(['contact_center', 'agent', 'treatment']),
  call_id: Type.String(),
  cseq: Type.Integer(),
  path: nullable(Type.String()),
  received: nullable(Type.String()),
  instance: nullable(Type.String()),
  reg_id: nullable(Type.Integer()),
});

export const RegisterDocument = Type.Object(
  {
    version: Type.Literal('1.0'),
    contact_center: Type.String(),
    aor: Type.String({
      description: "The agent's own address as we print it: what a script remembers the answer under.",
    }),
    mode: Type.Enum(['proxy', 'b2bua']),
    contacts: Type.Array(Type.Object({ uri: Type.String(), expires: Type.Integer() }), {
      description: "What the phone is answered with: all of the agent's live contacts.",
    }),
    registrations: Type.Array(Registration, {
      description: 'What this REGISTER makes due: REGISTERs for the registrar, in this order.',
    }),
    ask_first: Type.Array(Type.Object({ uri: Type.String(), fr_timer_ms: Type.Integer() }), {
      description:
        'Where the REGISTER goes first, one after the other, when the contact center registers its agents itself. Nothing is due before it has accepted the phone, unless `on_behalf` says so.',
    }),
    on_behalf: Type.Boolean({
      description: 'The contact center is down, and the registration is granted on its behalf.',
    }),
    stored: Type.Boolean({
      description:
        'Whether Postgres has it. If not, Postgres is away or slow: it counts all the same, and is written as soon as Postgres takes it.',
    }),
    authenticate: Type.Boolean({
      description: "Whether phones of this contact center's agents must prove that they have the password.",
    }),
  },
  { description: 'The registrations that a REGISTER leads to.' },
);
export type RegisterDocument = Static<typeof RegisterDocument>;

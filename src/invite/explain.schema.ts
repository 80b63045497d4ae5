import { type Static, Type } from 'typebox';
import { nullable, Time, UUID } from '../http/values.schema.js';

const MAX_URI = 255;

const oneOrMore = (description: string) =>
  Type.Optional(
    Type.Union(
      [
        Type.String({ maxLength: MAX_URI }),
        Type.Array(Type.String({ maxLength: MAX_URI }), { maxItems: 100 }),
      ],
      { description: `${description} May be given several times.` },
    ),
  );

export const ExplainQuery = Type.Object({
  address: Type.Optional(
    Type.String({ maxLength: MAX_URI, description: 'A SIP URI, such as sip:sales@cc.example.com.' }),
  ),
  decision: Type.Optional(
    Type.String({
      pattern: UUID,
      description: 'Instead of an address: makes this decision again from what was recorded with it.',
    }),
  ),
  node: Type.Optional(Type.String({ maxLength: 1_024, description: 'The node that would ask.' })),
  call_id: Type.Optional(
    Type.String({ maxLength: 1_024, description: 'Of the call; orders that spread calls go by it.' }),
  ),
  from: Type.Optional(Type.String({ maxLength: 1_024, description: 'The URI of its From header.' })),
  source_ip: Type.Optional(
    Type.String({ maxLength: 64, description: 'What if it came from this IP address: may it call?' }),
  ),
  at: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'As of then, by what is known now (RFC 3339; a + must be sent as %2B).',
    }),
  ),
  down: oneOrMore('What if this location were down?'),
  busy: oneOrMore('What if this agent were in a call?'),
  unregistered: oneOrMore('What if no phone of this agent were registered?'),
});
export type ExplainQuery = Static<typeof ExplainQuery>;

const Role = Type.Enum(['contact_center', 'agent', 'treatment']);
const WHY = {
  code: Type.String({ description: 'The reason, for programs.' }),
  because: Type.String({ description: 'The reason, in words.' }),
};

export const ExplainedTarget = Type.Object({
  position: Type.Integer(),
  role: Role,
  agent: Type.Optional(Type.String()),
  uri: Type.String(),
  fr_timer_ms: Type.Integer({ description: 'How long it may stay without a provisional answer.' }),
  ring_ms: Type.Integer({ description: 'How long it may stay without a final answer.' }),
  together: Type.Boolean({ description: 'Whether it rings together with its neighbours of the same block.' }),
  block: Type.Integer({ description: 'Targets of one block are one agent, or ring together; -1: of none.' }),
  ...WHY,
});

export const NotTried = Type.Object({
  role: Role,
  agent: nullable(Type.String()),
  uri: nullable(Type.String()),
  ...WHY,
});

export const ExplainDocument = Type.Object(
  {
    address: Type.String(),
    at: Time,
    bypass: Type.Boolean(),
    drill: Type.Boolean(),
    targets: Type.Array(ExplainedTarget, { description: 'Who is called, in this order.' }),
    out: Type.Array(NotTried, { description: 'Who is not called, and why.' }),
    same: nullable(
      Type.Boolean(),
      'Of a past decision made again: whether the list is the one that was answered.',
    ),
    caller_networks: nullable(
      Type.Immutable(Type.Array(Type.String())),
      'Where the address may be called from now; null: from anywhere, or a past decision.',
    ),
    caller_allowed: nullable(Type.Boolean(), 'Whether source_ip may call it; null when none was given.'),
    situation: Type.Unknown({ description: 'Everything that the decision depends on.' }),
  },
  { description: 'A decision with every reason; nothing is recorded.' },
);
export type ExplainDocument = Static<typeof ExplainDocument>;

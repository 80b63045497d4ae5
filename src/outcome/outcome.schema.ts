import { type Static, Type } from 'typebox';
import { nullable, PRINTABLE, Time, UUID } from '../http/values.schema.js';

const MAX_URI = 255;
const MAX_NODE = 1_024;
const MAX_INTEGER = 2 ** 31 - 1;
/** Far above what any `max_branches` lets a call try; itself it is the position of whoever was no target. */
const MAX_TARGET = 255;
/** Two unsigned integers of 32 bits. */
const TRANSACTION = '^\\d{1,10}:\\d{1,10}$';

const DecisionId = Type.String({ pattern: UUID, description: 'The id of a decision.' });

const Event = Type.Enum(['ringing', 'answered', 'failed', 'canceled', 'ended']);
export type OutcomeEvent = Static<typeof Event>;

const position = {
  minimum: 0,
  maximum: MAX_TARGET,
  description: "The target's position; 255: somebody has answered who was none of the decision's targets.",
};
const Status = Type.Integer({ minimum: 100, maximum: 699, description: 'The SIP status.' });
const ElapsedMs = Type.Integer({ minimum: 0, maximum: MAX_INTEGER, description: 'Since it was tried.' });

export const OutcomeReport = Type.Object({
  decision: DecisionId,
  target: Type.Integer(position),
  event: Event,
  status: Type.Optional(nullable(Status)),
  elapsed_ms: Type.Optional(nullable(ElapsedMs)),
  node: Type.Optional(nullable(Type.String({ maxLength: MAX_NODE, pattern: PRINTABLE }))),
  local: Type.Optional(
    nullable(Type.Boolean({ description: "Whether the status is the node's own: nobody sent it." })),
  ),
  retry_after: Type.Optional(
    nullable(Type.Integer({ minimum: 0, maximum: MAX_INTEGER, description: 'Retry-After, in seconds.' })),
  ),
  hold: Type.Optional(
    nullable(
      Type.Object(
        {
          transaction: Type.String({ pattern: TRANSACTION, description: "tm's `index:label`." }),
          branches_left: Type.Integer({ minimum: 0, maximum: MAX_TARGET }),
        },
        {
          description: 'With the ringing of a target that holds: how the caller is brought back to an agent.',
        },
      ),
    ),
  ),
});

export const DecisionParams = Type.Object({ id: DecisionId });

export const DecisionsQuery = Type.Object({
  address: Type.Optional(
    Type.String({ maxLength: MAX_URI, description: 'A SIP URI, such as sip:sales@cc.example.com.' }),
  ),
  since: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'The oldest wanted (RFC 3339); a + must be sent as %2B.',
    }),
  ),
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
});

const Target = Type.Object({
  position: Type.Integer(),
  role: Type.Enum(['contact_center', 'agent', 'treatment']),
  agent: Type.Optional(Type.String()),
  uri: Type.String(),
  failover_on: Type.String(),
  progress_timer_ms: Type.Optional(Type.Integer()),
  next: Type.Optional(Type.Integer()),
  together: Type.Optional(Type.Integer()),
  hold: Type.Optional(Type.Boolean()),
  code: Type.Optional(Type.String({ description: 'Why it was there, for programs.' })),
  because: Type.String({ description: 'Why it was there, in words.' }),
  decision: Type.Optional(
    Type.String({
      format: 'uuid',
      description: 'The decision of its own by which the caller returned from the treatment to this target.',
    }),
  ),
});
export type DecisionTarget = Static<typeof Target>;

const NotTried = Type.Object({
  role: Type.Enum(['contact_center', 'agent', 'treatment']),
  agent: nullable(Type.String()),
  uri: nullable(Type.String()),
  code: Type.String(),
  because: Type.String(),
});
export type NotTried = Static<typeof NotTried>;

const Outcome = Type.Object({
  target: Type.Integer(position),
  event: Event,
  status: nullable(Status),
  elapsed_ms: nullable(ElapsedMs),
  node: nullable(Type.String()),
  at: Time,
});

export const DecisionDocument = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    at: Time,
    contact_center: Type.String(),
    address: Type.String(),
    bypass: Type.Boolean(),
    drill: Type.Boolean({ description: 'Whether the contact center was only treated as if it were down.' }),
    node: nullable(Type.String()),
    call_id: Type.String(),
    from: nullable(Type.String()),
    source_ip: nullable(Type.String()),
    returns_from: nullable(
      Type.String({ format: 'uuid' }),
      'The decision whose treatment held the caller that this one brought to an agent.',
    ),
    targets: Type.Array(Target, {
      description: 'As they were decided, and then those to whom the caller returned from the treatment.',
    }),
    out: Type.Array(NotTried, { description: 'Who was not called, and why.' }),
    outcomes: Type.Array(Outcome, { description: 'What became of the targets, the oldest first.' }),
  },
  { description: 'Where one call was sent, and what became of it.' },
);
export type DecisionDocument = Static<typeof DecisionDocument>;

export const DecisionsDocument = Type.Object(
  { decisions: Type.Array(DecisionDocument) },
  { description: 'Decisions, the newest first.' },
);

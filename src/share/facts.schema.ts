/** The shapes of what instances tell each other: those of memory, so the compiler sees to it that they stay the same. */
import { type TSchema, Type } from 'typebox';
import { HEALTH_CODES, HEALTH_STATES } from '../live/standing.js';

const Text = Type.String({ maxLength: 10_000 });
const OrNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const List = <T extends TSchema>(schema: T) => Type.Immutable(Type.Array(schema));
/** ms since the epoch. */
export const Time = Type.Number();
const TimeOrNull = OrNull(Time);

export const Call = Type.Object({
  decision: Text,
  at: Time,
  domain: Text,
  user: Text,
  kind: Type.Enum(['skillset', 'treatment', 'agent']),
  call_id: Text,
  node: OrNull(Text),
  reserved: OrNull(Type.Object({ agents: List(Text), until: Time })),
  targets: List(
    Type.Object({
      role: Type.Enum(['contact_center', 'agent', 'treatment']),
      uri: Text,
      agent: OrNull(Text),
      endpoint: OrNull(Text),
    }),
  ),
});

const HoldFacts = Type.Object({ transaction: Text, branches_left: Type.Integer() });

export const Outcome = Type.Object({
  decision: Text,
  target: Type.Integer({ minimum: 0 }),
  event: Type.Enum(['ringing', 'answered', 'failed', 'canceled', 'ended']),
  status: OrNull(Type.Integer()),
  local: OrNull(Type.Boolean()),
  retry_after_seconds: OrNull(Type.Number()),
  hold: Type.Optional(HoldFacts),
  at: Time,
});

export const EndpointId = Type.Object({ domain: Text, agent: Text, key: Text });

export const EndpointRow = Type.Object({
  ...EndpointId.properties,
  contact: Text,
  instance: OrNull(Text),
  reg_id: OrNull(Type.Integer()),
  path: OrNull(Text),
  received: OrNull(Text),
  user_agent: OrNull(Text),
  node: OrNull(Text),
  call_id: Text,
  cseq: Type.Integer(),
  expires: Type.Integer(),
  expires_at: Time,
  registered_at: Time,
  held_since: TimeOrNull,
  on_behalf: Type.Boolean(),
});

export const AcceptedRow = Type.Object({
  ...EndpointId.properties,
  source_ip: OrNull(Text),
  accepted_at: Time,
  expires_at: Time,
});

export const RegistrationRow = Type.Object({
  aor: Text,
  contact: Text,
  q: Type.Number(),
  expires: Type.Integer(),
  role: Type.Enum(['contact_center', 'agent', 'treatment']),
  call_id: Text,
  cseq: Type.Integer(),
  path: OrNull(Text),
  received: OrNull(Text),
  instance: OrNull(Text),
  reg_id: OrNull(Type.Integer()),
});

export const OverrideRow = Type.Object({
  id: Text,
  domain: Text,
  kind: Type.Enum(['bypass', 'normal', 'drain', 'drill', 'pause']),
  skillset: OrNull(Text),
  location: OrNull(Text),
  agent: OrNull(Text),
  caller: OrNull(Text),
  address: OrNull(Text),
  reason: Text,
  by: Text,
  asked_by: Type.Optional(OrNull(Text)),
  created_at: Time,
  expires_at: Time,
});

export const CallFacts = Type.Object({
  call: Call,
  targets: List(
    Type.Object({
      ringing: TimeOrNull,
      answered: TimeOrNull,
      failed: TimeOrNull,
      canceled: TimeOrNull,
      ended: TimeOrNull,
      status: OrNull(Type.Integer()),
      silent: Type.Boolean(),
    }),
  ),
});

export const AgentMarks = Type.Object({
  domain: Text,
  agent: Text,
  idle_since: Time,
  offered_at: Time,
  put_last: OrNull(Type.Object({ until: Time, code: Type.Enum(['no_answer', 'unreachable']) })),
});

/** A time that may be "long ago" in memory, which JSON has no number for, is null here. */
export const HealthFacts = Type.Object({
  domain: Text,
  uri: Text,
  /** Of the answers to calls to this user's address; null: of the place itself. */
  user: OrNull(Text),
  health: Type.Object({
    state: Type.Enum([...HEALTH_STATES]),
    since: Time,
    code: Type.Enum([...HEALTH_CODES]),
    because: Text,
    calls: List(Type.Object({ call: Text, failed: Type.Boolean(), at: Time })),
    probes: Type.Enum(['up', 'down', 'nothing']),
    failed_at: TimeOrNull,
    hold_ms: Type.Number(),
    falls: Type.Integer(),
    fell_at: TimeOrNull,
    overloaded_until: TimeOrNull,
    seen: Time,
  }),
});

export const ProbeFacts = Type.Object({
  place: Text,
  node: Text,
  state: Type.Enum(['up', 'down', 'silent']),
  since: Time,
  heard_at: Time,
});

export const ReturnTry = Type.Object({ decision: Text, agent: Text, until: Time });

export const WaitingFacts = Type.Object({
  call: Call,
  hold: HoldFacts,
  since: Time,
  until: Time,
  tried: List(Type.Tuple([Text, Time])),
  branches_left: Type.Integer(),
  attempt: OrNull(ReturnTry),
});

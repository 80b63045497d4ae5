import { type Static, Type } from 'typebox';
import { nullable, Time } from '../http/values.schema.js';

export const AgentParams = Type.Object({
  domain: Type.String({ maxLength: 253, examples: ['cc.example.com'] }),
  name: Type.String({ maxLength: 63, examples: ['alice'] }),
});

export const AgentsQuery = Type.Object({
  contact_center: Type.Optional(Type.String({ maxLength: 253, examples: ['cc.example.com'] })),
});

const Agent = Type.Object({
  contact_center: Type.String(),
  name: Type.String(),
  activity: Type.Enum(['free', 'reserved', 'ringing', 'busy'], {
    description: 'As far as calls passed through us; reserved: a decision has put the agent first.',
  }),
  unproved: Type.Boolean({
    description:
      'Whether the agent is in a call of which nothing proves any more that it goes on: its phone has left or registered anew, or ' +
      'its registration would have ended since the answer. Such an agent is called last.',
  }),
  since: nullable(Time, 'Since when; null: no call was seen yet.'),
  until: nullable(Time, 'When it ends by itself, if nothing is heard of the call; null: the agent is free.'),
  call_id: nullable(Type.String(), 'Of the call that it is about.'),
  put_last: nullable(
    Type.Object({ until: Time, code: Type.Enum(['no_answer', 'unreachable']) }),
    'Comes after the others until then.',
  ),
  paused: nullable(
    Type.Object({ until: Time, reason: Type.String(), by: Type.String() }),
    'Gets no calls of skillsets until then.',
  ),
  endpoints: Type.Integer({ description: 'How many phones are registered.' }),
  skills: Type.Immutable(Type.Record(Type.String(), Type.Integer())),
});
export type AgentLine = Static<typeof Agent>;

const Ended = Type.Object({
  decision: Type.String({ format: 'uuid' }),
  target: Type.Integer({ description: "The position of the agent's target." }),
  call_id: Type.String(),
  since: Time,
});

export const EndedDocument = Type.Object(
  { ended: Type.Array(Ended) },
  { description: 'The calls that the agent was in; none, if it was in none.' },
);

export const AgentsDocument = Type.Object(
  { agents: Type.Array(Agent) },
  { description: 'Agents and what they do, by contact center.' },
);

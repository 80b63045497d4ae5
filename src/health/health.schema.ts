import { type Static, Type } from 'typebox';
import { nullable, PRINTABLE, Time } from '../http/values.schema.js';
import { HEALTH_CODES, HEALTH_STATES } from '../live/standing.js';

export const ProbeReport = Type.Object({
  node: Type.String({ maxLength: 1_024, pattern: PRINTABLE, description: 'Who probes.' }),
  uri: Type.String({ maxLength: 255, description: 'What is probed.', examples: ['sip:192.0.2.10:5060'] }),
  state: Type.Enum(['up', 'down'], { description: 'Whether it has answered.' }),
});

const standing = {
  state: Type.Enum([...HEALTH_STATES]),
  share: Type.Integer({
    minimum: 0,
    maximum: 100,
    description: 'Of how many new calls in 100 it keeps its place.',
  }),
  since: nullable(Time, 'Of the state; null: for as long as is known.'),
  code: Type.Enum([...HEALTH_CODES]),
  because: Type.String(),
  hold_until: nullable(Time, 'Then it gets calls again, if nothing fails until then.'),
  up_at: nullable(Time, 'Then it gets all of them, if nothing fails until then.'),
  overloaded_until: nullable(Time, 'Until then it has asked for no calls.'),
};

const Answers = Type.Object(
  { address: Type.String(), ...standing },
  { description: 'How it stands for calls to one address; those that are well are left out.' },
);

const Probe = Type.Object({
  node: Type.String(),
  state: Type.Enum(['up', 'down', 'silent'], {
    description: '`silent`: it has never answered a probe of this node, which then says nothing.',
  }),
  since: Time,
  heard_at: Time,
});

const place = {
  uri: Type.String(),
  ...standing,
  answers: Type.Array(Answers),
  probes: Type.Array(Probe, { description: 'By node, as far as heard lately.' }),
};

export const CenterHealth = Type.Object({
  contact_center: Type.String(),
  bypass: Type.Boolean({ description: 'Whether no location is tried before agents.' }),
  bypass_since: nullable(Time),
  locations: Type.Array(Type.Object(place)),
  treatments: Type.Array(Type.Object({ name: Type.String(), ...place })),
  skillsets: Type.Array(Type.Object({ name: Type.String(), bypass_since: Time }), {
    description: 'Those that are in bypass by themselves.',
  }),
});
export type CenterHealth = Static<typeof CenterHealth>;

export const HealthDocument = Type.Object(
  { contact_centers: Type.Array(CenterHealth) },
  { description: 'How contact centers, their locations and treatments stand.' },
);

export const HealthQuery = Type.Object({
  contact_center: Type.Optional(Type.String({ maxLength: 253, examples: ['cc.example.com'] })),
});

import { type Static, type TSchema, Type } from 'typebox';
import {
  EXPIRY,
  FAILOVER_ON,
  FR_TIMER_MS,
  GROUP_SIZE,
  ORDER,
  RING_SECONDS,
  WEIGHT,
} from '../directory/contact-center.js';
import { CONTACT_WHEN, HEADERS, LEVELS, LIMITS, MODE, NAME } from './limits.js';
import { policyBody, policyDocument } from './policy.schema.js';

/** Bodies refuse what they don't know: a misspelt `ring_second` must not pass for its default. */
const CLOSED = { additionalProperties: false };

const Name = Type.String({
  pattern: NAME.source,
  description: 'The user part of its address: `sales` in `cc.example.com` is `sip:sales@cc.example.com`.',
  examples: ['sales'],
});

const Uri = (description: string, example: string) =>
  Type.String({ minLength: 1, maxLength: 255, description, examples: [example] });

const FrTimer = Type.Integer({
  minimum: 100,
  maximum: 30_000,
  default: FR_TIMER_MS,
  description: 'How long, in ms, it may stay without a provisional answer before the next target is tried.',
});

const LOCATION = {
  uri: Uri(
    'Where the contact center takes calls. Without a user, the user of the called address is put in.',
    'sip:192.0.2.10:5060',
  ),
  priority: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    description: '1 is tried first. Default: its position in the list.',
  }),
  fr_timer_ms: FrTimer,
};

const TREATMENT = {
  kind: Type.Enum(['ivr', 'music_on_hold', 'announcement']),
  uri: Uri('Where the treatment takes calls.', 'sip:moh@192.0.2.30:5070'),
  fr_timer_ms: FrTimer,
  hold_seconds: Type.Union([Type.Integer({ minimum: 10, maximum: 3_600 }), Type.Null()], {
    default: null,
    description:
      'So long it holds a caller, in early media (183), who returns to the agents when one becomes free; null: it does not.',
  }),
};

const SKILLSET = {
  treatment: Type.Union([Type.String(), Type.Null()], {
    default: null,
    description: 'The name of the treatment that takes a call when no agent does; null: none.',
  }),
  ring_seconds: Type.Integer({
    minimum: 1,
    maximum: 120,
    default: RING_SECONDS,
    description: "How long one agent's phone rings before the next target is tried.",
  }),
  order: Type.Enum(['priority', 'skill_level', 'longest_idle', 'round_robin', 'weighted', 'simultaneous'], {
    default: ORDER,
    description:
      'Who of the free agents is called first. `priority`: by level, then by name. `skill_level`: by level, within one ' +
      'spread over the calls. `longest_idle`: by level, within one who has been without a call for longest. ' +
      '`round_robin`: each in turn. `weighted`: by chance, in proportion to their weights. `simultaneous`: ' +
      '`group_size` of them at once, then the next ones.',
  }),
  group_size: Type.Integer({
    minimum: 2,
    maximum: 10,
    default: GROUP_SIZE,
    description: 'How many agents ring at once when the order is `simultaneous`.',
  }),
};

export const Level = Type.Integer({ ...LEVELS, description: '1 is best.' });

const CONTACT = {
  uri: Uri(
    'Where the agent can be called, such as a mobile number through a trunk.',
    'sip:+14155550199@192.0.2.40',
  ),
  when: Type.Enum(['always', 'bypass'], {
    default: CONTACT_WHEN,
    description:
      '`bypass`: only while the contact center is not tried first. `always`: also when it has failed for one call, and ' +
      'without this service, since registrars hold it.',
  }),
};
const ContactDocument = Type.Object(CONTACT);
const ContactBody = Type.Object({ ...CONTACT, when: Type.Optional(CONTACT.when) }, CLOSED);
const CONTACTS = {
  default: [],
  description: "Fixed contacts, tried after the agent's registered endpoints, in this order.",
};

const AGENT = {
  skills: Type.Record(Type.String(), Level, {
    default: {},
    description: 'Skillset name → level; level 1 is best.',
    examples: [{ sales: 1, support: 3 }],
  }),
  weight: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    default: WEIGHT,
    description: 'Share of the calls where the order is `weighted`.',
  }),
};

const seconds = (preset: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 86_400, default: preset, description });

const EXPIRY_BOUNDS = {
  min_seconds: seconds(EXPIRY.min_seconds, 'A shorter one is refused (423).'),
  default_seconds: seconds(EXPIRY.default_seconds, 'Granted when the phone asks for none.'),
  max_seconds: seconds(EXPIRY.max_seconds, 'A longer one is cut to this.'),
};

const codes = (preset: string, who: string) =>
  Type.String({
    minLength: 1,
    maxLength: LIMITS.failoverPattern,
    default: preset,
    description: `Which final codes of ${who} move a call on to the next target.`,
  });

const FAILOVER = {
  contact_center: codes(FAILOVER_ON.contact_center, 'the contact center'),
  agent: codes(FAILOVER_ON.agent, 'an agent'),
  treatment: codes(FAILOVER_ON.treatment, 'a treatment'),
};

const Domain = Type.String({ examples: ['cc.example.com'] });
const Mode = Type.Enum(['proxy', 'b2bua'], {
  default: MODE,
  description: "How the edge treats agents' phones: it forwards their REGISTERs, or answers them itself.",
});
const Headers = Type.Boolean({
  default: HEADERS,
  description: 'Whether targets carry `X-Understudy-*` headers.',
});

/** Documents aren't changed once made. */
const listed = <T extends TSchema>(items: T) => Type.Immutable(Type.Array(items));

/** As answered: every default filled in. */
export const LocationDocument = Type.Object(LOCATION);
export const LocationsDocument = Type.Object({ locations: listed(LocationDocument) });
export const TreatmentDocument = Type.Object({ name: Name, ...TREATMENT });
export const SkillsetDocument = Type.Object({ name: Name, ...SKILLSET });
export const AgentDocument = Type.Object({
  name: Name,
  ...AGENT,
  contacts: Type.Immutable(Type.Array(ContactDocument, CONTACTS)),
});
export const ContactCenterDocument = Type.Object({
  domain: Domain,
  mode: Mode,
  locations: listed(LocationDocument),
  treatments: listed(TreatmentDocument),
  skillsets: listed(SkillsetDocument),
  agents: listed(AgentDocument),
  expiry: Type.Object(EXPIRY_BOUNDS, { description: 'The bounds within which expiries are granted.' }),
  failover_on: Type.Object(FAILOVER, {
    description: 'Regular expressions over the final code, as `t_check_status` takes them.',
  }),
  headers: Headers,
  ...policyDocument,
});

const Count = Type.Integer({ description: 'How many it has.' });
export const ContactCenterSummary = Type.Object({
  domain: Domain,
  mode: Mode,
  locations: Count,
  treatments: Count,
  skillsets: Count,
  agents: Count,
});

/** As given: what has a default may be left out. */
const LocationBody = Type.Object(
  { ...LOCATION, priority: Type.Optional(LOCATION.priority), fr_timer_ms: Type.Optional(FrTimer) },
  CLOSED,
);
const treatmentParts = {
  ...TREATMENT,
  fr_timer_ms: Type.Optional(FrTimer),
  hold_seconds: Type.Optional(TREATMENT.hold_seconds),
};
const skillsetParts = {
  treatment: Type.Optional(SKILLSET.treatment),
  ring_seconds: Type.Optional(SKILLSET.ring_seconds),
  order: Type.Optional(SKILLSET.order),
  group_size: Type.Optional(SKILLSET.group_size),
};
const agentParts = {
  skills: Type.Optional(AGENT.skills),
  weight: Type.Optional(AGENT.weight),
  contacts: Type.Optional(Type.Array(ContactBody, { ...CONTACTS, maxItems: LIMITS.contacts })),
};
const OptionalName = Type.Optional(Type.String({ description: "If given, the path's." }));

export type LocationBody = Static<typeof LocationBody>;

export const LocationsBody = Type.Object(
  { locations: Type.Array(LocationBody, { minItems: 1, maxItems: LIMITS.locations }) },
  CLOSED,
);
export const TreatmentBody = Type.Object({ name: OptionalName, ...treatmentParts }, CLOSED);
export const SkillsetBody = Type.Object({ name: OptionalName, ...skillsetParts }, CLOSED);
export const AgentBody = Type.Object({ name: OptionalName, ...agentParts }, CLOSED);
export type TreatmentBody = Static<typeof TreatmentBody>;
export type SkillsetBody = Static<typeof SkillsetBody>;
export type AgentBody = Static<typeof AgentBody>;

export const SkillBody = Type.Object({ level: Level }, CLOSED);

const listOf = <T extends TSchema>(items: T, maxItems: number) =>
  Type.Optional(Type.Array(items, { maxItems, default: [] }));

export const ContactCenterBody = Type.Object(
  {
    domain: Type.Optional(Type.String({ description: "If given, the path's." })),
    mode: Type.Optional(Mode),
    ...LocationsBody.properties,
    treatments: listOf(Type.Object({ name: Name, ...treatmentParts }, CLOSED), LIMITS.treatments),
    skillsets: listOf(Type.Object({ name: Name, ...skillsetParts }, CLOSED), LIMITS.skillsets),
    agents: listOf(Type.Object({ name: Name, ...agentParts }, CLOSED), LIMITS.agents),
    expiry: Type.Optional(Type.Partial(Type.Object(EXPIRY_BOUNDS), CLOSED)),
    failover_on: Type.Optional(Type.Partial(Type.Object(FAILOVER), CLOSED)),
    headers: Type.Optional(Headers),
    ...policyBody,
  },
  CLOSED,
);
export type ContactCenterBody = Static<typeof ContactCenterBody>;

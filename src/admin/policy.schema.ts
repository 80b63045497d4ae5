import { Type } from 'typebox';
import { HEALTH, POLICY } from '../directory/contact-center.js';
import { LIMITS } from './limits.js';

/** How a contact center is treated while it fails: what its document says besides its parts. */

const count = (preset: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 100, default: preset, description });
const lasting = (bounds: { minimum: number; maximum: number }, preset: number, description: string) =>
  Type.Integer({ ...bounds, default: preset, description });

const DAY = { minimum: 0, maximum: 86_400 };
const HEALTH_BOUNDS = {
  failures: count(HEALTH.failures, 'So many failures …'),
  of: count(HEALTH.of, '… among so many of the last calls …'),
  window_seconds: lasting(
    { minimum: 1, maximum: 3_600 },
    HEALTH.window_seconds,
    '… within this time make a location down.',
  ),
  hold_seconds: lasting(DAY, HEALTH.hold_seconds, 'Good health for so long before it gets calls again …'),
  ramp_seconds: lasting(
    DAY,
    HEALTH.ramp_seconds,
    '… and for so long after that a share of them that grows from 10 % to all.',
  ),
  flap_window_seconds: lasting(
    DAY,
    HEALTH.flap_window_seconds,
    'Each further fall within this time doubles the hold …',
  ),
  longest_hold_seconds: lasting(DAY, HEALTH.longest_hold_seconds, '… up to this.'),
};
const ABOUT_HEALTH = { description: 'When a location or treatment counts as down, and how it comes back.' };

const SETTINGS = {
  when_down: Type.Enum(['behind', 'out'], {
    default: POLICY.when_down,
    description: 'Where a location that is down goes: behind the agents, or out of the list.',
  }),
  progress_timer_ms: lasting(
    { minimum: 500, maximum: 180_000 },
    POLICY.progress_timer_ms,
    'How long a location that has said 100 may take until it rings (180, 183) or answers; then the next target is tried.',
  ),
  caller_patience_seconds: lasting(
    { minimum: 10, maximum: 3_600 },
    POLICY.caller_patience_seconds,
    'How long a caller waits before the treatment must have its turn.',
  ),
  put_last_seconds: lasting(
    { minimum: 0, maximum: 3_600 },
    POLICY.put_last_seconds,
    'For so long an agent who did not answer or was not reached comes after the others.',
  ),
  held_seconds: lasting(
    { minimum: 0, maximum: 604_800 },
    POLICY.held_seconds,
    'For so long endpoints are held past their expiry while the contact center is in bypass.',
  ),
  registers_agents: Type.Boolean({
    default: POLICY.registers_agents,
    description: "Whether agents' phones register at the contact center itself, which is then asked first.",
  }),
  phones_in_bypass: Type.Enum(['accepted', 'all'], {
    default: POLICY.phones_in_bypass,
    description:
      'Which phones may register while a contact center that registers its agents is down: those it had accepted, or all.',
  }),
  authenticate_agents: Type.Boolean({
    default: POLICY.authenticate_agents,
    description:
      "Whether agents' phones must prove that they have the agent's password before they are registered. A contact " +
      'center that registers its agents asks for it itself; of its agents it is wanted while it is down.',
  }),
};
const DrillSource = Type.String({ maxLength: 45, examples: ['192.0.2.99'] });
const Network = Type.String({ maxLength: 49, examples: ['10.0.0.0/8'] });
const NETWORKS = {
  default: null,
  description:
    "Networks in which agents may be called: a phone's REGISTER whose Contact, source or Path leads elsewhere is refused, and so " +
    'is a fixed contact. Names are refused, too. null: any address.',
};
const DRILL_SOURCES = {
  default: [],
  description: 'IP addresses from which an `X-Understudy-Drill` header is believed.',
};
const CALLER_NETWORKS = {
  default: null,
  description:
    "Networks from which skillsets' addresses may be called; other callers get 403. The contact center's own calls are always let " +
    'through. null: from anywhere.',
};

/** As answered … */
export const policyDocument = {
  health: Type.Object(HEALTH_BOUNDS, ABOUT_HEALTH),
  ...SETTINGS,
  drill_sources: Type.Immutable(Type.Array(DrillSource, DRILL_SOURCES)),
  allowed_networks: Type.Union([Type.Immutable(Type.Array(Network)), Type.Null()], NETWORKS),
  caller_networks: Type.Union([Type.Immutable(Type.Array(Network)), Type.Null()], CALLER_NETWORKS),
};

/** … and as given: all of it may be left out. */
export const policyBody = {
  health: Type.Optional(
    Type.Partial(Type.Object(HEALTH_BOUNDS, ABOUT_HEALTH), { additionalProperties: false }),
  ),
  ...Type.Partial(Type.Object(SETTINGS)).properties,
  drill_sources: Type.Optional(Type.Array(DrillSource, { ...DRILL_SOURCES, maxItems: LIMITS.drillSources })),
  allowed_networks: Type.Optional(
    Type.Union([Type.Array(Network, { minItems: 1, maxItems: LIMITS.networks }), Type.Null()], NETWORKS),
  ),
  caller_networks: Type.Optional(
    Type.Union(
      [Type.Array(Network, { minItems: 1, maxItems: LIMITS.networks }), Type.Null()],
      CALLER_NETWORKS,
    ),
  ),
};

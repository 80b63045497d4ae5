/**
 * What is provisioned: one contact center with all of its parts, as operators PUT it, with every default filled in.
 * Names are the user parts of addresses: `sales` in `cc.example.com` is `sip:sales@cc.example.com`, and no two
 * skillsets, treatments or agents of one contact center share a name.
 */

export type Mode = 'proxy' | 'b2bua';
export type TreatmentKind = 'ivr' | 'music_on_hold' | 'announcement';

/** A SIP URI at which the contact center takes calls; `priority` 1 is tried first. */
export interface Location {
  readonly uri: string;
  readonly priority: number;
  /** How long, in ms, a target may stay without a provisional answer (tm's `fr_timer`). */
  readonly fr_timer_ms: number;
}

export interface Treatment {
  readonly name: string;
  readonly kind: TreatmentKind;
  readonly uri: string;
  readonly fr_timer_ms: number;
  /**
   * How long, in seconds, it holds a caller who returns to the agents when one becomes free; null: it doesn't. Such a
   * treatment plays in early media (183), since an answered call can't be routed any more.
   */
  readonly hold_seconds: number | null;
}

/**
 * Who of the free agents is called first. A better skill level always comes before a worse one, save for `round_robin`,
 * `weighted` and `simultaneous`, which take all levels alike.
 *
 *     priority       by level, then by name: the same one every time
 *     skill_level    by level, within one spread by Call-ID
 *     longest_idle   by level, within one who has been without a call for longest
 *     round_robin    each in turn
 *     weighted       by chance (of the Call-ID), in proportion to the agents' weights
 *     simultaneous   groups of `group_size`, made as by longest_idle, ring at once, then the next group
 */
export type Order = 'priority' | 'skill_level' | 'longest_idle' | 'round_robin' | 'weighted' | 'simultaneous';

export interface Skillset {
  readonly name: string;
  /** The name of the treatment that comes last, or null for none. */
  readonly treatment: string | null;
  /** How long, in seconds, one agent's phone rings before the next is tried. */
  readonly ring_seconds: number;
  readonly order: Order;
  /** How many agents ring at once when the order is `simultaneous`. */
  readonly group_size: number;
}

/** Where an agent can be called without having registered there, such as a mobile number through a trunk. */
export interface FixedContact {
  readonly uri: string;
  /** `bypass`: only while the contact center is not tried first; `always`: also when it has failed for one call. */
  readonly when: 'always' | 'bypass';
}

export interface Agent {
  readonly name: string;
  /** Skillset name → level; level 1 is best. */
  readonly skills: Readonly<Record<string, number>>;
  /** Share of calls where the order is `weighted`. */
  readonly weight: number;
  /** Tried after the agent's endpoints, in this order. */
  readonly contacts: readonly FixedContact[];
}

/** When a location counts as down, and how it comes back; see src/live/health-machine.ts. */
export interface HealthPolicy {
  /** So many failures among the last `of` calls within `window_seconds` make it down. */
  readonly failures: number;
  readonly of: number;
  readonly window_seconds: number;
  /** Good health for so long before it gets calls again … */
  readonly hold_seconds: number;
  /** … and for so long after that a share of them which grows from 10 % to all. */
  readonly ramp_seconds: number;
  /** Each further fall within this time doubles the hold, up to `longest_hold_seconds`. */
  readonly flap_window_seconds: number;
  readonly longest_hold_seconds: number;
}

/** Which final codes move a call on to the next target, per role: regular expressions as tm's `t_check_status` takes them. */
export interface FailoverOn {
  readonly contact_center: string;
  readonly agent: string;
  readonly treatment: string;
}

/** The bounds within which expiries are granted, in seconds (RFC 3261 §10.3). */
export interface Expiry {
  readonly min_seconds: number;
  readonly default_seconds: number;
  readonly max_seconds: number;
}

export interface ContactCenter {
  readonly domain: string;
  readonly mode: Mode;
  readonly locations: readonly Location[];
  readonly treatments: readonly Treatment[];
  readonly skillsets: readonly Skillset[];
  readonly agents: readonly Agent[];
  readonly expiry: Expiry;
  readonly failover_on: FailoverOn;
  /** Whether targets carry the `X-Understudy-*` headers. */
  readonly headers: boolean;
  readonly health: HealthPolicy;
  /** Where a location that is down goes: behind the agents, or out of the list. */
  readonly when_down: 'behind' | 'out';
  /** How long, in ms, a location that has answered provisionally (100) may take until it rings or answers. */
  readonly progress_timer_ms: number;
  /** How long, in seconds, a caller waits before the treatment must have its turn. */
  readonly caller_patience_seconds: number;
  /** For so long, in seconds, an agent who didn't answer or wasn't reached comes after the others. */
  readonly put_last_seconds: number;
  /** For so long, in seconds, endpoints are held past their expiry while the contact center is in bypass. */
  readonly held_seconds: number;
  /** IP addresses from which an `X-Understudy-Drill` header is believed. */
  readonly drill_sources: readonly string[];
  /** Whether agents' phones register at the contact center itself, which is then asked first. */
  readonly registers_agents: boolean;
  /** Which phones may register while a contact center that registers its agents is down: those it had accepted, or all. */
  readonly phones_in_bypass: 'accepted' | 'all';
  /** Whether agents' phones must prove that they have the password before we register them. */
  readonly authenticate_agents: boolean;
  /** The networks, as `address/prefix`, in which agents may be called; null: any. */
  readonly allowed_networks: readonly string[] | null;
  /** The networks, as `address/prefix`, from which skillsets' addresses may be called; null: from anywhere. */
  readonly caller_networks: readonly string[] | null;
}

export const FR_TIMER_MS = 2_000;
export const RING_SECONDS = 15;
export const EXPIRY: Expiry = { min_seconds: 60, default_seconds: 300, max_seconds: 3_600 };

/**
 * A contact center that answers 486 or 603 has decided and is not overruled; an agent or a treatment that does so is
 * passed over. 408 is also what tm makes of silence.
 */
export const FAILOVER_ON: FailoverOn = {
  contact_center: '408|5[0-9][0-9]',
  agent: '[456][0-9][0-9]',
  treatment: '[456][0-9][0-9]',
};

export const ORDER: Order = 'longest_idle';
export const GROUP_SIZE = 3;
export const WEIGHT = 10;
export const HEALTH: HealthPolicy = {
  failures: 2,
  of: 3,
  window_seconds: 30,
  hold_seconds: 120,
  ramp_seconds: 60,
  flap_window_seconds: 3_600,
  longest_hold_seconds: 960,
};
/** Of what a contact center's document may leave out besides. */
export const POLICY = {
  health: HEALTH,
  when_down: 'behind',
  progress_timer_ms: 6_000,
  caller_patience_seconds: 90,
  put_last_seconds: 60,
  held_seconds: 14_400,
  drill_sources: [],
  registers_agents: false,
  phones_in_bypass: 'accepted',
  authenticate_agents: false,
  allowed_networks: null,
  caller_networks: null,
} as const satisfies Partial<ContactCenter>;

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
}

export interface Skillset {
  readonly name: string;
  /** The name of the treatment that comes last, or null for none. */
  readonly treatment: string | null;
  /** How long, in seconds, one agent's phone rings before the next is tried. */
  readonly ring_seconds: number;
}

export interface Agent {
  readonly name: string;
  /** Skillset name → level; level 1 is best. */
  readonly skills: Readonly<Record<string, number>>;
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

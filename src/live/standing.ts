export const HEALTH_STATES = ['up', 'suspect', 'down', 'returning'] as const;
export type HealthState = (typeof HEALTH_STATES)[number];

/** Of two that keep the same share of their calls the higher is worse. */
export const SEVERITY: Readonly<Record<HealthState, number>> = { up: 0, suspect: 1, returning: 2, down: 3 };

export const HEALTH_CODES = [
  'healthy',
  'call_failed',
  'calls_failed',
  'probe_failed',
  'overloaded',
  'on_hold',
  'ramping',
] as const;

/** How one location or treatment stands at a moment, as decisions read it. */
export interface Standing {
  readonly state: HealthState;
  /**
   * Of how many new calls in a hundred it keeps its own place: 100 when up or suspect, 0 when down, on hold or
   * overloaded, in between while it returns. Which calls these are is told by their Call-ID.
   */
  readonly share: number;
  /** ms since the epoch. */
  readonly since: number;
  /** Why, for programs … */
  readonly code: (typeof HEALTH_CODES)[number];
  /** … and in words, such as "2 of the last 3 calls failed". */
  readonly because: string;
}

/** What nobody has complained about. */
export const HEALTHY: Standing = {
  state: 'up',
  share: 100,
  since: 0,
  code: 'healthy',
  because: 'nothing has failed',
};

/** How locations and treatments stand; what decisions need of it. */
export interface Standings {
  /**
   * `uri` is the location's or treatment's as provisioned; `address` the user of the called address: what is known of the
   * place and what is known of its answers to this address, the worse of the two.
   */
  standing(domain: string, uri: string, address: string, now: number): Standing;
}

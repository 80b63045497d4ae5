/**
 * Everything that one decision depends on, gathered before it is made and recorded with it: so the same decision can be
 * made again afterwards, or with something changed in it.
 */
import type { Order } from '../directory/contact-center.js';
import type { AgentState } from '../live/agent-state.js';
import type { Override } from '../live/override.js';
import type { Standing } from '../live/standing.js';

export interface Situation {
  /** ms since the epoch. */
  readonly at: number;
  readonly call_id: string;
  /** `sip:user@host` of the From header, or null. */
  readonly caller: string | null;
  /** Whether the call asks for a drill and comes from where that is allowed. */
  readonly drill: boolean;
  /** Whether the contact center itself makes this call. */
  readonly from_contact_center: boolean;
  readonly domain: string;
  /** The address as we print it, and what it is the address of. */
  readonly address: string;
  readonly user: string;
  readonly kind: 'skillset' | 'treatment' | 'agent';
  readonly limits: Limits;
  readonly policy: CallPolicy;
  /** Those in force at the contact center, save pauses. */
  readonly overrides: readonly Override[];
  /** By priority. */
  readonly locations: readonly KnownLocation[];
  /** Those who have the skill, or the agent whose address is called. */
  readonly agents: readonly KnownAgent[];
  /** Of the agents that are not recorded, how many there were. */
  readonly unrecorded_agents: number;
  readonly treatment: KnownTreatment | null;
}

export interface Limits {
  /** The node's tm `max_branches`: every target that is tried uses up one. */
  readonly max_branches: number;
  /** The node's tm `max_inv_lifetime`: the whole call is cut off when it ends. */
  readonly max_inv_lifetime_ms: number;
}

export interface CallPolicy {
  readonly order: Order;
  readonly group_size: number;
  /** How long one agent's phone rings. */
  readonly ring_ms: number;
  /** How long a caller waits before the treatment must have its turn. */
  readonly patience_ms: number;
  readonly when_down: 'behind' | 'out';
}

export interface KnownLocation {
  /** As provisioned. */
  readonly uri: string;
  /** With the user of the called address. */
  readonly contact: string;
  readonly fr_timer_ms: number;
  readonly standing: Standing;
}

export interface KnownTreatment {
  readonly name: string;
  readonly uri: string;
  readonly contact: string;
  readonly fr_timer_ms: number;
  readonly hold_seconds: number | null;
  readonly standing: Standing;
}

export interface KnownAgent {
  readonly agent: string;
  /** In the called skillset; 0 on the agent's own address. */
  readonly level: number;
  readonly weight: number;
  readonly state: AgentState;
  readonly paused: { readonly reason: string; readonly by: string } | null;
  /** In the order in which they are tried: endpoints, then fixed contacts. */
  readonly ways: readonly Way[];
}

/** One place at which an agent can be called. */
export interface Way {
  readonly contact: string;
  readonly path: string | null;
  readonly received: string | null;
  /** The key of the endpoint; null: a fixed contact. */
  readonly endpoint: string | null;
  readonly when: 'always' | 'bypass';
  /** Whether it is held past its expiry, since the contact center is in bypass. */
  readonly held: boolean;
}

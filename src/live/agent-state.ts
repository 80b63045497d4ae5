/**
 * What an agent does as far as calls passed through us:
 *
 *     free      may be called
 *     reserved  a decision has put the agent first and it isn't known yet what became of it
 *     ringing   a phone of the agent rings
 *     busy      in a call
 *
 * That a call goes on is proved by its answer, for as long as the phone that gave it stays registered and no longer than its
 * registration was granted for: its end may have been missed.
 */
export type Activity = 'free' | 'reserved' | 'ringing' | 'busy';

/** How one agent stands at a moment, as decisions read it. */
export interface AgentState {
  readonly activity: Activity;
  /** Whether the agent is in no call but in such as can't be proved any more. */
  readonly unproved: boolean;
  /** The Call-ID that the activity is about, or null. */
  readonly call_id: string | null;
  /** Since when without a call, ms since the epoch; 0: no call was ever seen. */
  readonly idle_since: number;
  /** When a decision last put this agent first, ms since the epoch; 0: never. For round_robin. */
  readonly offered_at: number;
  /** Comes after the others until then (ms since the epoch), or null. */
  readonly put_last: { readonly until: number; readonly code: 'no_answer' | 'unreachable' } | null;
}

export const NEVER_SEEN: AgentState = {
  activity: 'free',
  unproved: false,
  call_id: null,
  idle_since: 0,
  offered_at: 0,
  put_last: null,
};

/** What decisions need of the agents' states. */
export interface AgentStates {
  of(domain: string, agent: string, now: number): AgentState;
}

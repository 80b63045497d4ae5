/** One decision as it is followed while its call lasts. */
export interface FollowedCall {
  readonly decision: string;
  readonly at: number;
  readonly domain: string;
  /** The user of the called address, as provisioned. */
  readonly user: string;
  readonly kind: 'skillset' | 'treatment' | 'agent';
  readonly call_id: string;
  readonly node: string | null;
  /** Without a reservation no agent was put first. */
  readonly reserved: { readonly agents: readonly string[]; readonly until: number } | null;
  /** In the order of their positions. */
  readonly targets: readonly FollowedTarget[];
}

export interface FollowedTarget {
  readonly role: 'contact_center' | 'agent' | 'treatment';
  /** The location's or treatment's URI as provisioned; for an agent the contact. */
  readonly uri: string;
  readonly agent: string | null;
  /** The key of the endpoint, when it is one. */
  readonly endpoint: string | null;
}

/** Where one call can be got hold of while a treatment holds its caller. */
export interface Hold {
  /** tm's transaction at the call's node, `index:label`. */
  readonly transaction: string;
  /** How many more targets it can be given (tm's `max_branches`). */
  readonly branches_left: number;
}

/** What became of one target of a followed call. */
export interface CallEvent {
  readonly call: FollowedCall;
  readonly target: FollowedTarget;
  readonly position: number;
  readonly event: 'ringing' | 'answered' | 'failed' | 'canceled' | 'ended';
  readonly status: number | null;
  /**
   * Whether nobody answered the request at all: tm's own 408 before any provisional answer, or a request that could not be
   * sent (477, 430). A 408 that came as an answer, or after ringing, is none.
   */
  readonly unreached: boolean;
  /** Of a 503 with Retry-After, in seconds. */
  readonly retry_after_seconds: number | null;
  /** Of a treatment that rings and holds the caller. */
  readonly hold?: Hold;
  /** ms since the epoch. */
  readonly at: number;
  /** Whether this instance was told; else another one was. */
  readonly here: boolean;
}

/** One place that a call is sent to. */
export interface Candidate {
  readonly role: 'contact_center' | 'agent' | 'treatment';
  readonly agent: string | null;
  /** What it is known by: the location's or treatment's URI as provisioned, an agent's contact. */
  readonly uri: string;
  readonly contact: string;
  readonly path: string | null;
  readonly received: string | null;
  readonly endpoint: string | null;
  /** How long it may stay without a provisional answer … */
  readonly fr_timer_ms: number;
  /** … and without a final one. */
  readonly ring_ms: number;
  /** Candidates of one block follow each other: the endpoints of one agent, a fixed contact, or all that ring together. */
  readonly block: number;
  /** Whether all of the block ring at once. */
  readonly together: boolean;
  /** Whether it holds a caller who may return to the agents. */
  readonly hold: boolean;
  readonly code: string;
  readonly because: string;
}

/** Who is not called, and why. */
export interface LeftOut {
  readonly role: Candidate['role'];
  readonly agent: string | null;
  readonly uri: string | null;
  readonly code: string;
  readonly because: string;
}

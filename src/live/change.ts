/** One line of the history: who changed what, when, from what to what. */
export interface Change {
  readonly at: number;
  readonly domain: string | null;
  readonly kind: 'configuration' | 'override' | 'health' | 'bypass';
  /** What changed, such as `skillsets/sales`, `sip:192.0.2.10:5060` or an override's id. */
  readonly subject: string;
  /** The HTTP From header (RFC 9110 §10.1.2) or `by` of the request, else null; `understudy` for what happened by itself. */
  readonly by: string | null;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** Takes a change and returns at once. */
export interface Changes {
  changed(change: Change): void;
}

/**
 * One registered phone of an agent: a live binding made by its REGISTER. It is known by its instance and reg-id
 * (RFC 5626 §4.2), else by its contact URI.
 */
export interface Endpoint {
  readonly domain: string;
  readonly agent: string;
  /** What makes a refresh the same binding: `instance;reg-id` or the contact URI, as `endpointKey()` prints it. */
  readonly key: string;
  readonly contact: string;
  readonly instance: string | null;
  readonly reg_id: number | null;
  /** The Path vector (RFC 3327), comma-separated route URIs in angle brackets, or null. */
  readonly path: string | null;
  /** Where the REGISTER really came from, as a SIP URI, when the node saw NAT. */
  readonly received: string | null;
  readonly user_agent: string | null;
  /** The node that took the REGISTER. */
  readonly node: string | null;
  /** Call-ID and CSeq of the phone's own last REGISTER. */
  readonly call_id: string;
  readonly cseq: number;
  /** Granted expiry in seconds, and when it ends (ms since the epoch). */
  readonly expires: number;
  readonly expires_at: number;
  /** When this binding was first made (ms since the epoch); a refresh keeps it. */
  readonly registered_at: number;
  /** When it ran out (ms since the epoch), if it is held past that because its contact center is in bypass; else null. */
  readonly held_since: number | null;
  /** Whether it was last registered on the contact center's behalf, since that was down and couldn't be asked. */
  readonly on_behalf: boolean;
}

/** One Kamailio. `registrar` nodes hold the bindings; `edge` nodes send REGISTERs to them. */
export interface Node {
  readonly node: string;
  readonly role: 'edge' | 'registrar';
  /** Where it takes JSON-RPC, or null when it may not be commanded. */
  readonly rpc_url: string | null;
  /** Its tm `max_branches`. */
  readonly max_branches: number;
  /** Its tm `max_inv_lifetime`, ms. */
  readonly max_inv_lifetime_ms: number;
}

export const MAX_BRANCHES = 12;
export const MAX_INV_LIFETIME_MS = 180_000;

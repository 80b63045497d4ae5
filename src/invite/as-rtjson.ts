import type { ResolvedAddress } from '../directory/directory.js';
import { firstHop } from '../sip/path.js';
import { TREATMENT_RESERVE_MS } from './fit-budget.js';
import type { RouteDocument, TargetsDocument } from './invite.schema.js';
import type { Candidate } from './order-targets.js';

export interface CallPlan {
  readonly resolved: ResolvedAddress;
  readonly candidates: readonly Candidate[];
  /** How long one agent's phone rings. */
  readonly ring_ms: number;
  readonly max_inv_lifetime_ms: number;
}

/** A treatment answers at once or not at all; what is left of the call's time is its own once it has answered. */
const TREATMENT_RING_MS = 60_000;

/** What Kamailio's rtjson_init_routes() takes, with our explanation beside it. */
export function asRtjson(plan: CallPlan, decision: string): RouteDocument {
  const document = asTargets(plan);
  if (!plan.resolved.center.headers) return { ...document, decision };
  const routes = document.routes.map((route, i) => ({
    ...route,
    // rtjson puts it into the message raw: every header ends in CRLF, the last one too.
    headers: { extra: `X-Understudy-Decision: ${decision}\r\nX-Understudy-Target: ${i}\r\n` },
  }));
  return { ...document, routes, decision };
}

/** The same for a reader: no decision, hence no headers that name one. */
export function asTargets(plan: CallPlan): TargetsDocument {
  const { resolved, candidates } = plan;
  return {
    version: '1.0',
    routing: 'serial',
    routes: candidates.map((candidate, i) => ({
      uri: candidate.contact,
      ...nextHop(candidate),
      fr_timer: candidate.fr_timer_ms,
      fr_inv_timer: ringMs(plan, candidate, i),
    })),
    address: resolved.aor,
    last_target_after_seconds: lastTargetAfterSeconds(plan),
    bypass: false,
    targets: candidates.map((candidate, i) => ({
      position: i,
      role: candidate.role,
      ...(candidate.agent !== null && { agent: candidate.agent }),
      uri: candidate.contact,
      failover_on: resolved.center.failover_on[candidate.role],
      because: candidate.because,
    })),
  };
}

/** A contact center may ring for long before it fails; then the treatment must still be reached in the call's time. */
function lastTargetAfterSeconds({ candidates, ring_ms, max_inv_lifetime_ms }: CallPlan): number {
  const agents = candidates.filter(({ role }) => role === 'agent');
  const longest = Math.max(0, ...agents.map(({ fr_timer_ms }) => fr_timer_ms + ring_ms));
  return Math.max(0, Math.floor((max_inv_lifetime_ms - TREATMENT_RESERVE_MS - longest) / 1_000));
}

/** Where the request is really sent, as usrloc would have it: by the Path, else where the REGISTER came from. */
function nextHop({ path, received }: Candidate): { dst_uri?: string; path?: string } {
  if (path !== null) return { dst_uri: firstHop(path), path };
  return received === null ? {} : { dst_uri: received };
}

function ringMs(plan: CallPlan, { role }: Candidate, i: number): number {
  if (role === 'treatment') return TREATMENT_RING_MS;
  // The contact center has taken the call, or nobody comes after this phone: as long as tm lets a call ring.
  const last = plan.resolved.kind === 'agent' && i === plan.candidates.length - 1;
  return role === 'contact_center' || last ? longestRingMs(plan.max_inv_lifetime_ms) : plan.ring_ms;
}

/** Ends a little before tm ends the whole call, so that a final answer is still ours to act on. */
function longestRingMs(lifetimeMs: number): number {
  return Math.max(lifetimeMs - TREATMENT_RESERVE_MS, Math.ceil(lifetimeMs / 2));
}

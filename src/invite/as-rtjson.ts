import type { FailoverOn } from '../directory/contact-center.js';
import { firstHop } from '../sip/path.js';
import type { Candidate } from './candidate.js';
import type { Decided } from './decide.js';
import type { RouteDocument, TargetsDocument } from './invite.schema.js';
import type { Situation } from './situation.js';

export interface Printing {
  readonly situation: Pick<Situation, 'address'>;
  readonly decided: Pick<Decided, 'targets' | 'bypass' | 'last_target_after_ms'>;
  readonly failover_on: FailoverOn;
  /** Of the contact center's locations, ms. */
  readonly progress_timer_ms: number;
  /** Whether targets carry the `X-Understudy-*` headers. */
  readonly headers: boolean;
}

/** What Kamailio's rtjson_init_routes() takes, with our explanation beside it. */
export function asRtjson(printing: Printing, decision: string): RouteDocument {
  const document = asTargets(printing);
  if (!printing.headers) return { ...document, decision };
  const routes = document.routes.map((route, i) => ({
    ...route,
    // rtjson puts it into the message raw: every header ends in CRLF, the last one too.
    headers: { extra: `X-Understudy-Decision: ${decision}\r\nX-Understudy-Target: ${i}\r\n` },
  }));
  return { ...document, routes, decision };
}

/** The same for a reader: no decision, hence no headers that name one. */
export function asTargets({ situation, decided, failover_on, progress_timer_ms }: Printing): TargetsDocument {
  const { targets, bypass } = decided;
  return {
    version: '1.0',
    routing: 'serial',
    routes: targets.map((target) => ({
      uri: target.contact,
      ...nextHop(target),
      fr_timer: target.fr_timer_ms,
      fr_inv_timer: target.ring_ms,
    })),
    address: situation.address,
    last_target_after_seconds: Math.floor(decided.last_target_after_ms / 1_000),
    bypass,
    targets: targets.map((target, i) => ({
      position: i,
      role: target.role,
      ...(target.agent !== null && { agent: target.agent }),
      uri: target.contact,
      failover_on: failover_on[target.role],
      ...(target.role === 'contact_center' && { progress_timer_ms }),
      ...afterwards(targets, i),
      ...(target.hold && { hold: true }),
      code: target.code,
      because: target.because,
    })),
  };
}

/**
 * The endpoints of one agent follow each other: when a phone was reached and its agent doesn't take the call, what comes after
 * all of them is tried, at `next`. Of those that ring together the first says how many they are.
 */
function afterwards(targets: readonly Candidate[], i: number): { next?: number; together?: number } {
  const target = targets[i] as Candidate;
  if (target.role !== 'agent') return {};
  const isOfBlock = (other: Candidate) => other.role === 'agent' && other.block === target.block;
  const size = targets.filter(isOfBlock).length;
  if (size === 1) return {};
  const first = targets.findIndex(isOfBlock);
  if (target.together) return i === first ? { together: size } : {};
  return i < first + size - 1 ? { next: first + size } : {};
}

/** Where the request is really sent, as usrloc would have it: by the Path, else where the REGISTER came from. */
function nextHop({ path, received }: Candidate): { dst_uri?: string; path?: string } {
  if (path !== null) return { dst_uri: firstHop(path), path };
  return received === null ? {} : { dst_uri: received };
}

/**
 * Whose turn a REGISTER is when the contact center registers its agents itself:
 *
 *     ask        the contact center's: it is asked first, and nothing is due until it has answered
 *     accepted   it has accepted the phone: what it granted counts
 *     ours       ours: it doesn't register its agents
 *     on_behalf  ours, since it is down; only for a while, and for phones that it had accepted, unless the policy says all
 */
import type { ContactCenter, Expiry } from '../directory/contact-center.js';
import { endpointKey } from '../directory/endpoint-key.js';
import { Problem } from '../errors.js';
import { type AcceptedEndpoint, knownUntil } from './accepted-endpoint.js';
import type { ContactCenterAnswer, ParsedRegister } from './parse-register.js';

export type Turn =
  | { readonly kind: 'ask' }
  | { readonly kind: 'accepted'; readonly answer: ContactCenterAnswer }
  | { readonly kind: 'ours' | 'on_behalf'; readonly bounds: Expiry };

export type GrantingTurn = Exclude<Turn, { readonly kind: 'ask' }>;

export interface Asking {
  readonly center: ContactCenter;
  readonly request: ParsedRegister;
  /** Whether the contact center isn't tried first for this agent's calls either. */
  readonly bypass: boolean;
  /** The agent's devices that the contact center has accepted. */
  readonly accepted: readonly AcceptedEndpoint[];
}

/** A phone that is turned away tries again after so many seconds: it is noticed soon that the contact center is back. */
export const RETRY_AFTER_SECONDS = 30;

/** Throws `contact_center_down` for a phone that may not register without it. */
export function turnOf({ center, request, bypass, accepted }: Asking, now: number): Turn {
  const { contact_center: answer } = request;
  if (answer && answer.status < 300) return { kind: 'accepted', answer };
  if (!center.registers_agents) return { kind: 'ours', bounds: center.expiry };
  if (!answer && !bypass) return { kind: 'ask' };
  if (center.phones_in_bypass === 'all') return { kind: 'on_behalf', bounds: center.expiry };
  const seconds = Math.floor((phoneKnownUntil(center, request, accepted) - now) / 1000);
  if (seconds < 1) throw down();
  return { kind: 'on_behalf', bounds: within(center.expiry, seconds) };
}

/** Of several contacts the one that is known for the shortest; a star is of whoever has registered any. */
function phoneKnownUntil(
  { held_seconds }: ContactCenter,
  { contact, source_ip }: ParsedRegister,
  accepted: readonly AcceptedEndpoint[],
): number {
  const until = (key: string) => knownUntil(accepted, { key, source_ip }, held_seconds);
  if (contact.star) return Math.max(0, ...accepted.map(({ key }) => until(key)));
  return Math.min(...contact.contacts.map((value) => until(endpointKey(value))));
}

function within({ min_seconds, default_seconds, max_seconds }: Expiry, most: number): Expiry {
  return {
    min_seconds: Math.min(min_seconds, most),
    default_seconds: Math.min(default_seconds, most),
    max_seconds: Math.min(max_seconds, most),
  };
}

function down(): Problem {
  const detail = 'The contact center is down, and this phone is none that it had accepted';
  return new Problem('contact_center_down', detail, { extra: { retry_after_seconds: RETRY_AFTER_SECONDS } });
}

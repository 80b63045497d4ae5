import type { Endpoint } from '../directory/endpoint.js';
import type { Engagement } from './call-progress.js';

/** So long a call is believed that was answered where nobody registers, such as at a fixed contact. */
const UNREGISTERED_MS = 3_600_000;

/**
 * Until when (ms since the epoch) a call that was answered is believed to go on, though its end may never be told: no BYE may pass
 * us, or the one that passed was lost. The phone's registration stands for it. One that has left or has registered anew is in no
 * call any more; and no registration proves a call for longer than it was granted for.
 */
export function provedUntil(
  { since, phone }: Pick<Engagement, 'since' | 'phone'>,
  endpoints: readonly Pick<Endpoint, 'contact' | 'registered_at' | 'expires'>[],
  isFixed: (contact: string | null) => boolean,
): number {
  const endpoint = endpoints.find(({ contact }) => contact === phone);
  if (!endpoint) return isFixed(phone) ? since + UNREGISTERED_MS : Number.NEGATIVE_INFINITY;
  if (endpoint.registered_at > since) return endpoint.registered_at;
  return since + endpoint.expires * 1_000;
}

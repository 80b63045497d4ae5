import type { Endpoint } from './endpoint.js';

/** When the phone's own last REGISTER was heard, ms since the epoch; to be held past its expiry is no REGISTER. */
export function heardAt({ held_since, expires_at, expires }: Endpoint): number {
  return (held_since ?? expires_at) - expires * 1_000;
}

/** Whether `a` says something newer of the same endpoint than `b`. */
export function isNewer(a: Endpoint, b: Endpoint): boolean {
  if (a.call_id === b.call_id && a.cseq !== b.cseq) return a.cseq > b.cseq;
  const later = heardAt(a) - heardAt(b);
  return later !== 0 ? later > 0 : a.expires_at > b.expires_at;
}

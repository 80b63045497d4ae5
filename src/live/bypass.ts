import type { ContactCenter } from '../directory/contact-center.js';
import { printAddress } from '../sip/address.js';
import { locationPlace } from './location-place.js';
import type { Override } from './override.js';
import type { Standings } from './standing.js';

/** What is known of contact centers' health and of what operators have ordered. */
export interface BypassDeps {
  readonly standings: Standings;
  readonly overrides: { active(domain: string, now: number): readonly Override[] };
}

/** Whether no location is tried first for calls to this user of the contact center: every one is down, drained or ordered so. */
export function inBypass(deps: BypassDeps, center: ContactCenter, user: string, now: number): boolean {
  return whyBypass(deps, center, user, now) !== null;
}

/** Why it is so, in words, or null when it is not; `user` null: the contact center as a whole. */
export function whyBypass(
  { standings, overrides }: BypassDeps,
  center: ContactCenter,
  user: string | null,
  now: number,
): string | null {
  const { domain, skillsets, locations } = center;
  const skillset = skillsets.some(({ name }) => name === user) ? user : null;
  // A drill is about single calls: nobody else's are in bypass for it.
  const ordered = overrides.active(domain, now).filter(({ kind }) => kind !== 'drill');
  const address = user === null ? '' : printAddress({ user, domain });
  const places = locations.map(({ uri }) => {
    const question = { location: uri, skillset, address, caller: null, drill: false, lot: null };
    return locationPlace(standings.standing(domain, uri, user ?? '', now), ordered, question);
  });
  if (places.some(({ place }) => place === 'first')) return null;
  return [...new Set(places.map(({ because }) => because))].join('; ');
}

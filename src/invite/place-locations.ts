import { type LocationPlace, locationPlace } from '../live/location-place.js';
import { lotOf } from '../live/lot.js';
import type { Candidate, LeftOut } from './candidate.js';
import { longestRingMs } from './fit-budget.js';
import type { KnownLocation, Situation } from './situation.js';

export interface PlacedLocations {
  readonly first: readonly Candidate[];
  readonly behind: readonly Candidate[];
  readonly out: readonly LeftOut[];
  readonly drill: boolean;
}

/** Which of the contact center's locations are tried before the agents, which after them, and which not at all. */
export function placeLocations(situation: Situation): PlacedLocations {
  const { locations, from_contact_center, policy } = situation;
  const placed = locations.map((location, i) => ({
    location,
    name: `location ${i + 1}`,
    ...placeOf(situation, location),
  }));
  const leftOut = (one: (typeof placed)[number]): LeftOut => ({
    role: 'contact_center',
    agent: null,
    uri: one.location.contact,
    code: one.code,
    because: reasonOf(one),
  });
  const drill = placed.some(({ code }) => code === 'drill');
  if (from_contact_center) {
    const because = 'the contact center makes this call itself: it would be a loop';
    return {
      first: [],
      behind: [],
      out: placed.map((one) => ({ ...leftOut(one), code: 'loop', because })),
      drill: false,
    };
  }
  const last = policy.when_down === 'behind' ? placed.filter(({ place }) => place === 'behind') : [];
  // What gives no answer to probes gives none to a call: it would only keep the caller from the treatment.
  const worthTrying = last.filter(({ code }) => code !== 'probe_failed' || situation.treatment === null);
  const behind = worthTrying.map((one) => candidateOf(situation, one));
  const out = placed.filter((one) => one.place !== 'first' && !worthTrying.includes(one));
  const first = placed.filter(({ place }) => place === 'first').map((one) => candidateOf(situation, one));
  return { first, behind, out: out.map(leftOut), drill };
}

type Placed = LocationPlace & { readonly location: KnownLocation; readonly name: string };

function placeOf(situation: Situation, { uri, standing }: KnownLocation): LocationPlace {
  const { kind, user, address, caller, drill, call_id, overrides } = situation;
  return locationPlace(standing, overrides, {
    location: uri,
    skillset: kind === 'skillset' ? user : null,
    address,
    caller,
    drill,
    lot: lotOf(call_id, 100),
  });
}

function candidateOf({ limits }: Situation, placed: Placed): Candidate {
  const { uri, contact, fr_timer_ms } = placed.location;
  return {
    ...{ role: 'contact_center', agent: null, endpoint: null, path: null, received: null },
    ...{ uri, contact, fr_timer_ms, block: -1, together: false, hold: false, code: placed.code },
    // The contact center has taken the call: it may ring for as long as tm lets a call ring.
    ring_ms: longestRingMs(limits.max_inv_lifetime_ms),
    because: reasonOf(placed),
  };
}

function reasonOf({ name, location, code, because }: Placed): string {
  const { state } = location.standing;
  return code === 'healthy' ? `${name} is up` : `${name} is ${state}: ${because}`;
}

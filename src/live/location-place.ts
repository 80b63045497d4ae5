/** Where a location stands in the list of one call: its health, unless an operator or the call itself says otherwise. */
import type { Override } from './override.js';
import type { Standing } from './standing.js';

export interface LocationQuestion {
  /** Its URI as provisioned. */
  readonly location: string;
  /** The skillset that is called, or null for another address. */
  readonly skillset: string | null;
  /** `sip:user@domain` as we print it. */
  readonly address: string;
  /** `sip:user@host`, or null when it isn't known. */
  readonly caller: string | null;
  /** Whether the call itself asks for a drill, and may. */
  readonly drill: boolean;
  /** The lot of the Call-ID, 0 to 99; null: of no call in particular. */
  readonly lot: number | null;
}

export interface LocationPlace {
  /** `first`: before the agents; `behind`: it is down; `out`: it gets no calls. */
  readonly place: 'first' | 'behind' | 'out';
  readonly code: Standing['code'] | 'drill' | 'forced_normal' | 'forced_bypass' | 'drained';
  readonly because: string;
}

const PLACES = {
  drill: 'behind',
  normal: 'first',
  bypass: 'behind',
  drain: 'out',
} as const;

const CODES = { drill: 'drill', normal: 'forced_normal', bypass: 'forced_bypass', drain: 'drained' } as const;

/** `overrides` are the unexpired ones of the contact center. Of two that contradict each other the narrower counts, then the later. */
export function locationPlace(
  standing: Standing,
  overrides: readonly Override[],
  question: LocationQuestion,
): LocationPlace {
  if (question.drill) return { place: 'behind', code: 'drill', because: 'the call asks for a drill' };
  const [ordered] = overrides
    .filter((override) => concerns(override, question))
    .sort((a, b) => narrowness(b) - narrowness(a) || b.created_at - a.created_at);
  if (ordered && ordered.kind !== 'pause') {
    const because = `${ordered.kind}, ordered by ${ordered.by}: ${ordered.reason}`;
    return { place: PLACES[ordered.kind], code: CODES[ordered.kind], because };
  }
  const { share, code, because } = standing;
  const first = question.lot === null ? share > 0 : question.lot < share;
  return { place: first ? 'first' : 'behind', code, because };
}

function concerns(override: Override, { location, skillset, address, caller }: LocationQuestion): boolean {
  if (override.kind === 'pause') return false;
  return (
    (override.location === null || override.location === location) &&
    (override.skillset === null || override.skillset === skillset) &&
    (override.address === null || override.address === address) &&
    (override.caller === null || override.caller === caller)
  );
}

/** A drill is about single calls and goes before everything else. */
function narrowness({ kind, location, skillset }: Override): number {
  if (kind === 'drill') return 3;
  if (location !== null) return 2;
  return skillset === null ? 0 : 1;
}

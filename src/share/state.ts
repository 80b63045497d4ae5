import type { CallProgress } from '../live/call-progress.js';
import type { Health } from '../live/health-machine.js';
import type { KnownHealth } from '../live/healths.js';
import type { Marks } from '../live/merge.js';
import type { PlaceProbe } from '../live/probes.js';
import type { WaitingFacts } from '../live/waiting-callers.js';
import type { EntryOf } from './entry.js';

/** What one instance knows of what changes with every call. */
export interface State {
  readonly calls: Iterable<CallProgress>;
  readonly agents: Iterable<Marks & { readonly domain: string; readonly agent: string }>;
  readonly health: Iterable<KnownHealth>;
  readonly probes: Iterable<PlaceProbe>;
  readonly waiting: Iterable<WaitingFacts>;
}

type Part = EntryOf<'state'>;

/** So many things in one entry: some tens of KB. */
const IN_ONE = 100;
const NOTHING: Part = { kind: 'state', calls: [], agents: [], health: [], probes: [], waiting: [] };
const LONG_AGO = Number.NEGATIVE_INFINITY;

/** As entries of the log. */
export function* partsOf({ calls, agents, health, probes, waiting }: State): Generator<Part> {
  for (const some of portions(calls)) yield { ...NOTHING, calls: some };
  for (const some of portions(agents)) yield { ...NOTHING, agents: some };
  for (const some of portions(health)) yield { ...NOTHING, health: some.map(healthAsJson) };
  for (const some of portions(probes)) yield { ...NOTHING, probes: some };
  for (const some of portions(waiting))
    yield { ...NOTHING, waiting: some.map((one) => ({ ...one, tried: [...one.tried] })) };
}

/** What an entry says. */
export function stateOf({ calls, agents, health, probes, waiting }: Part): State {
  return {
    ...{ calls, agents, probes },
    health: health.map(({ health: { failed_at, fell_at, overloaded_until, ...one }, ...of }) => {
      const times = {
        failed_at: failed_at ?? LONG_AGO,
        fell_at: fell_at ?? LONG_AGO,
        overloaded_until: overloaded_until ?? LONG_AGO,
      };
      return { ...of, health: { ...one, ...times } };
    }),
    waiting: waiting.map((one) => ({ ...one, tried: new Map(one.tried) })),
  };
}

function healthAsJson({ health, ...of }: KnownHealth): Part['health'][number] {
  const { failed_at, fell_at, overloaded_until, ...one }: Health = health;
  const times = {
    failed_at: finite(failed_at),
    fell_at: finite(fell_at),
    overloaded_until: finite(overloaded_until),
  };
  return { ...of, health: { ...one, ...times } };
}

function finite(time: number): number | null {
  return Number.isFinite(time) ? time : null;
}

function* portions<T>(all: Iterable<T>): Generator<T[]> {
  let some: T[] = [];
  for (const one of all) {
    some.push(one);
    if (some.length < IN_ONE) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

import type { Binding } from '../directory/bindings-in-order.js';
import type { ResolvedAddress } from '../directory/directory.js';

/** A binding as a registrar has it. */
export interface Held {
  /** In thousandths. */
  readonly q: number;
  /** ms since the epoch; Infinity: for good. */
  readonly until: number;
  readonly path: string | null;
  readonly received: string | null;
}

export interface Wanted {
  readonly resolved: ResolvedAddress;
  readonly binding: Binding;
  readonly until: number;
}

export interface Difference {
  /** What nobody wants, and what is to be put anew. */
  readonly remove: readonly string[];
  readonly put: readonly Wanted[];
}

/** Kamailio counts in whole seconds, and a REGISTER takes its time. */
const SLACK_MS = 5_000;

/**
 * What makes the one into the other. A binding whose q has changed, or which is in the wrong place of the registrar's list, is removed
 * and put anew: only so does it come to its place there.
 */
export function difference(
  held: ReadonlyMap<string, Held>,
  wanted: readonly Wanted[],
  misplaced: readonly string[] = [],
): Difference {
  const qs = new Map(wanted.map(({ binding }) => [binding.contact, binding.q]));
  const anew = new Set(misplaced);
  const put = wanted.filter(
    (one) => anew.has(one.binding.contact) || !satisfies(held.get(one.binding.contact), one),
  );
  const isAgent = ({ binding }: Wanted) => Number(binding.role === 'agent');
  return {
    remove: [...held].flatMap(([contact, { q }]) =>
      qs.get(contact) === q && !anew.has(contact) ? [] : [contact],
    ),
    // First what keeps callers from being lost, then what makes it better.
    put: put.sort((a, b) => isAgent(a) - isAgent(b)),
  };
}

function satisfies(held: Held | undefined, { binding, until }: Wanted): boolean {
  return (
    held !== undefined &&
    leadsTheSameWay(held, binding) &&
    (held.until === until || held.until >= until - SLACK_MS)
  );
}

/** Whether calls go the same way by both, for however long; undefined: nothing is held. */
export function isTheSame(one: Held | undefined, other: Held | undefined): boolean {
  return one !== undefined && other !== undefined ? leadsTheSameWay(one, other) : one === other;
}

type Way = Pick<Held, 'q' | 'path' | 'received'>;

function leadsTheSameWay(one: Way, other: Way): boolean {
  return one.q === other.q && one.path === other.path && one.received === other.received;
}

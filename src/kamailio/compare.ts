import { difference, type Held, type Wanted } from './held.js';
import { misplaced } from './misplaced.js';

/** A binding as somebody compares it with another. */
export interface ComparedBinding {
  /** In thousandths. */
  readonly q: number;
  /** Seconds left; null: for good. */
  readonly expires: number | null;
  readonly path: string | null;
  readonly received: string | null;
}

/** Where a registrar holds something else than it should. */
export interface BindingDifference {
  readonly address: string;
  readonly contact: string;
  /** misplaced: all is as it should be, but where it stands in the registrar's list isn't. */
  readonly kind: 'missing' | 'extra' | 'different' | 'misplaced';
  readonly wanted: ComparedBinding | null;
  readonly held: ComparedBinding | null;
  /**
   * What a repair makes of it. What nobody wants but runs out by itself is left alone: a phone may have registered while
   * this service was away.
   */
  readonly repair: 'put' | 'remove' | 'leave';
}

/** What one registrar holds for one address, in its own order, against what it should hold. */
export function compare(
  address: string,
  held: ReadonlyMap<string, Held>,
  wanted: readonly Wanted[],
  now: number,
): BindingDifference[] {
  const differing = new Set(difference(held, wanted).put);
  const { remove, put } = difference(held, wanted, misplaced(held, wanted));
  const isWanted = new Set(wanted.map(({ binding }) => binding.contact));
  const puts = put.map((one): BindingDifference => {
    const { binding, until } = one;
    const { contact, q, path, received } = binding;
    const found = held.get(contact);
    const because = differing.has(one) ? 'different' : 'misplaced';
    return {
      address,
      contact,
      kind: found ? because : 'missing',
      wanted: compared({ q, until, path, received }, now),
      held: found ? compared(found, now) : null,
      repair: 'put',
    };
  });
  const extras = remove.flatMap((contact): BindingDifference[] => {
    const found = held.get(contact);
    if (!found || isWanted.has(contact)) return [];
    const repair = found.until === Number.POSITIVE_INFINITY ? 'remove' : 'leave';
    return [{ address, contact, kind: 'extra', wanted: null, held: compared(found, now), repair }];
  });
  return [...puts, ...extras];
}

function compared({ q, until, path, received }: Held, now: number): ComparedBinding {
  const expires = until === Number.POSITIVE_INFINITY ? null : Math.max(0, Math.round((until - now) / 1000));
  return { q, expires, path, received };
}

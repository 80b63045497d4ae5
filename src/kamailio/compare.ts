import { difference, type Held, type Wanted } from './held.js';

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
  readonly kind: 'missing' | 'extra' | 'different';
  readonly wanted: ComparedBinding | null;
  readonly held: ComparedBinding | null;
  /**
   * What a repair makes of it. What nobody wants but runs out by itself is left alone: a phone may have registered while
   * this service was away.
   */
  readonly repair: 'put' | 'remove' | 'leave';
}

/** What one registrar holds for one address against what it should hold. */
export function compare(
  address: string,
  held: ReadonlyMap<string, Held>,
  wanted: readonly Wanted[],
  now: number,
): BindingDifference[] {
  const { remove, put } = difference(held, wanted);
  const puts = put.map(({ binding, until }): BindingDifference => {
    const { contact, q, path, received } = binding;
    const found = held.get(contact);
    return {
      address,
      contact,
      kind: found ? 'different' : 'missing',
      wanted: compared({ q, until, path, received }, now),
      held: found ? compared(found, now) : null,
      repair: 'put',
    };
  });
  const extras = remove.flatMap((contact): BindingDifference[] => {
    const found = held.get(contact);
    if (!found) return [];
    const repair = found.until === Number.POSITIVE_INFINITY ? 'remove' : 'leave';
    return [{ address, contact, kind: 'extra', wanted: null, held: compared(found, now), repair }];
  });
  return [...puts, ...extras];
}

function compared({ q, until, path, received }: Held, now: number): ComparedBinding {
  const expires = until === Number.POSITIVE_INFINITY ? null : Math.max(0, Math.round((until - now) / 1000));
  return { q, expires, path, received };
}

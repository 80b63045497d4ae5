import type { Held, Wanted } from './held.js';

/**
 * Which bindings that have the q that is wanted a registrar has in the wrong place of its list: as few as can be, without which the
 * others go by descending q (RFC 3261 §16.6). usrloc puts a new binding where it belongs, but one whose q has changed it leaves where it is,
 * or moves to a wrong place; whoever takes them in the order of the list (usrloc's own lookup) goes by that.
 *
 * @param held in the registrar's own order
 */
export function misplaced(held: ReadonlyMap<string, Held>, wanted: readonly Wanted[]): string[] {
  const qs = new Map(wanted.map(({ binding }) => [binding.contact, binding.q]));
  const list = [...held].filter(([contact, { q }]) => qs.get(contact) === q);
  // For each: how many can stay, of those up to here, if it does; and which is the one before it.
  const stay: { readonly length: number; readonly before: number }[] = [];
  for (const [i, [, { q }]] of list.entries()) {
    let best = { length: 1, before: -1 };
    for (let j = 0; j < i; j++) {
      const { length } = stay[j] as (typeof stay)[number];
      if ((list[j]?.[1].q ?? 0) >= q && length >= best.length) best = { length: length + 1, before: j };
    }
    stay.push(best);
  }
  const longest = Math.max(0, ...stay.map(({ length }) => length));
  const kept = new Set<number>();
  for (let i = stay.findIndex(({ length }) => length === longest); i >= 0; i = stay[i]?.before ?? -1)
    kept.add(i);
  return list.flatMap(([contact], i) => (kept.has(i) ? [] : [contact]));
}

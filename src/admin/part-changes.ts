/** A part that is new (no `old`), gone (no `now`) or different. */
export interface PartChange<T> {
  readonly old: T | undefined;
  readonly now: T | undefined;
}

/** Parts that didn't change are the same objects before and after: `canonical()` sees to that. */
export function partChanges<T extends object>(
  before: readonly T[] = [],
  after: readonly T[] = [],
  keyOf: (part: T) => string,
): PartChange<T>[] {
  const gone = new Map(before.map((part) => [keyOf(part), part]));
  const changes: PartChange<T>[] = [];
  for (const now of after) {
    const key = keyOf(now);
    const old = gone.get(key);
    gone.delete(key);
    if (old !== now) changes.push({ old, now });
  }
  for (const old of gone.values()) changes.push({ old, now: undefined });
  return changes;
}

export const byName = ({ name }: { readonly name: string }): string => name;

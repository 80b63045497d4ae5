/**
 * One look for all metrics of a scrape that come from it: the registry begins to collect all of them in one go, without
 * anything else in between.
 */
export function oneLook<T>(look: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    if (!found) {
      found = { value: look() };
      queueMicrotask(() => {
        found = undefined;
      });
    }
    return found.value;
  };
}

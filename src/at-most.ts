/**
 * Options of an LRUCache that keeps so many. It takes memory for those that it has; by `max` alone it would take it for all of
 * them at once, some megabytes and some ms of a start.
 */
export function atMost(count: number): { readonly maxSize: number; readonly sizeCalculation: () => number } {
  return { maxSize: count, sizeCalculation: () => 1 };
}

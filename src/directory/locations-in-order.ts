import type { Location } from './contact-center.js';

/** As they are tried. */
export function locationsInOrder(locations: readonly Location[]): Location[] {
  return [...locations].sort((a, b) => a.priority - b.priority || (a.uri < b.uri ? -1 : 1));
}

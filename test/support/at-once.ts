import type { Sliceable } from '../../src/http/slices.js';

/** The same work where nobody waits. */
export function atOnce<T>(work: Sliceable<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

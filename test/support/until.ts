import { setTimeout as later } from 'node:timers/promises';

/**
 * Waits until `check` gives something true and returns it; a check that throws counts as not yet. Looks again every 20 ms:
 * for conditions in other programs, which cannot tell us. Fails after `limit_ms` with what it was waiting for, also when the machine's
 * clock is set meanwhile.
 */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  limit_ms = 30_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + limit_ms;
  let last: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value) return value as NonNullable<T>;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`waited ${limit_ms} ms for ${what}; last: ${String(last)}`);
    await later(20);
  }
}

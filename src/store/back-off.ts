import { setTimeout as delay } from 'node:timers/promises';

const FIRST_MS = 200;
const LONGEST_MS = 5_000;

/** How long to wait after so many failures in a row: 0.2 s, doubling up to 5 s or another limit. */
export function backOffMs(failures: number, longestMs = LONGEST_MS): number {
  return Math.min(longestMs, FIRST_MS * 2 ** Math.min(failures - 1, 10));
}

/** Waits that long, or until the signal. */
export async function backOff(failures: number, signal: AbortSignal, longestMs?: number): Promise<void> {
  await delay(backOffMs(failures, longestMs), undefined, { signal }).catch(() => {});
}

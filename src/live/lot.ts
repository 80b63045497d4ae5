import { createHash } from 'node:crypto';

/** A number from 0 up to `below` that belongs to the text for good: one Call-ID always draws the same lot. */
export function lotOf(text: string, below: number): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) % below;
}

/**
 * `npm run bench:ringing`: how long it takes until all of 5,000 calls (or as many as are named) that rang at a contact center which dies
 * are on their way to what comes next.
 */
import { callsThatRingGoOn } from '../support/calls-that-ring.js';

const calls = Number(process.argv[2] ?? 5_000);
const endings: (() => unknown)[] = [];
try {
  const { successful, failed, lasted_ms } = await callsThatRingGoOn(
    { teardown: (fn) => endings.push(fn) },
    calls,
    Math.min(100, calls),
  );
  console.log(
    `${calls} calls: ${successful} answered, ${failed} failed; all had gone on ${lasted_ms} ms after the first`,
  );
} finally {
  for (const ending of endings.reverse()) await ending();
}

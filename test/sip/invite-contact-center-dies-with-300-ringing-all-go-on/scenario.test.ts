import t from 'tap';
import { callsThatRingGoOn } from '../../support/calls-that-ring.js';

const CALLS = 300;

// B3: however many they are, none stays behind with the dead contact center (npm run bench:ringing measures 5,000).
t.test('a contact center dies with 300 calls ringing: all go on', async (t) => {
  const { successful, failed, lasted_ms } = await callsThatRingGoOn(t, CALLS, 50);
  t.strictSame({ successful, failed }, { successful: CALLS, failed: 0 });
  t.ok(lasted_ms < 20_000, `${lasted_ms} ms from the first to the last`);
});

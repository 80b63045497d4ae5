import t from 'tap';
import { DOMAIN, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

const LOCATIONS = 5;
const AGENTS = 1_000;
const names = Array.from({ length: AGENTS }, (_, i) => `agent-${i}`);
/** One look at each agent's address, then its bindings, at 500 commands a second after the first 50. */
const LEAST_MS = ((AGENTS * (1 + LOCATIONS) - 50) / 500) * 1_000;

// B1, B8: a registrar that was built anew gets its 5,000 bindings at a rate that leaves it time for its calls.
t.test('a rebuilt registrar is filled, and no call has to wait for that', async (t) => {
  const scene = await Scene.open(t, {
    locations: LOCATIONS,
    agents: Object.fromEntries(names.map((name) => [name, {}])),
  });
  await scene.contactCenter({ answer: 10 });
  await scene.registrar.kill();
  await scene.registrar.startAgain();
  const began = Date.now();
  let filledAfter: number | undefined;
  const last = `agent-${AGENTS - 1}`;
  const filling = until(
    'the last agent to be bound',
    async () => (await scene.held(last)).length === LOCATIONS,
    120_000,
  ).then(() => {
    filledAfter = Date.now() - began;
  });
  await scene.heldWhen('sales', (all) => all.length === LOCATIONS + 1);

  const waits: number[] = [];
  let changed = 0;
  while (filledAfter === undefined) {
    const { status, ms } = await scene.call('sales');
    t.equal(status, 200);
    waits.push(ms);
    if (waits.length !== 3) continue;
    const asked = Date.now();
    await scene.api('PUT', `/v1/contact-centers/${DOMAIN}/skillsets/urgent`, {});
    await scene.heldWhen('urgent', (all) => all.length === LOCATIONS);
    changed = Date.now() - asked;
    t.equal(filledAfter, undefined, 'a change does not wait for the rest');
  }
  await filling;
  waits.sort((a, b) => a - b);
  t.comment(`filled after ${filledAfter} ms; a change took ${changed} ms; calls ${waits.join(' ')} ms`);
  t.ok(waits.length > 3);
  t.ok(
    Number(waits[Math.floor(waits.length / 2)]) < 1_000,
    'calls are answered as always: in some tens of ms',
  );
  t.ok(
    filledAfter > LEAST_MS * 0.8,
    `not faster than agreed: ${filledAfter} ms for ${LEAST_MS} ms of commands`,
  );
  t.same(scene.registrar.warnings(), []);
});

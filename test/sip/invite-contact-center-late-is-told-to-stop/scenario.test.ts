import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

const RINGS_LATE = new URL('./rings-late.xml', import.meta.url).pathname;

// B3: a contact center that comes to life after it was given up must not ring for a caller who talks to an agent.
t.test('the contact center rings when the agent has been called already: it is told to stop', async (t) => {
  const scene = await Scene.open(t);
  const contactCenter = await scene.contactCenter({ scenario: RINGS_LATE });
  await scene.phone('alice', { answer: 1_000 });

  const call = await scene.call('sales');

  t.equal(call.answeredBy, 'alice');
  await until('the contact center to be told', () => contactCenter.count('received', 'CANCEL') === 1);
  await decisionOn(scene, 'sales', call, ['0 failed 408', '1 ringing 180', '1 answered 200', '1 ended']);
  t.same(scene.registrar.warnings(), []);
});

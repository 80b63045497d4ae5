import t from 'tap';
import { healthOf, healthWhen } from '../../support/health.js';
import { Scene } from '../../support/scene.js';

const OVERLOADED = new URL('./overloaded.xml', import.meta.url).pathname;

// RFC 3261 §21.5.4: who is overloaded says for how long. It is left alone until then, and has not fallen.
t.test('an overloaded contact center is left alone for as long as it says', async (t) => {
  const scene = await Scene.open(t, { health: true });
  await scene.phone('alice', { answer: 10 });
  const scenario = { scenario: OVERLOADED, keys: { name: 'contact-center', seconds: '3' } };
  const contactCenter = await scene.contactCenter(scenario);

  t.equal((await scene.call('sales')).answeredBy, 'alice');
  const { locations } = await healthWhen(scene, ({ locations }) => locations[0].answers.length > 0);
  t.match(locations[0], {
    state: 'up',
    answers: [{ address: 'sales', state: 'suspect', share: 0, code: 'overloaded' }],
  });
  t.equal((await scene.call('sales')).answeredBy, 'alice');
  t.equal(contactCenter.count('received', 'INVITE'), 1, 'it is not asked any more');
  await scene.call('support');
  t.equal(contactCenter.count('received', 'INVITE'), 2, 'for another address it is');

  await contactCenter.kill();
  await scene.contactCenter({ answer: 10 });
  await healthWhen(scene, ({ locations }) => locations[0].answers.length === 0);
  t.equal((await healthOf(scene)).locations[0].state, 'up', 'without hold and ramp');
  t.equal((await scene.call('sales')).answeredBy, 'contact-center');
  t.same(scene.registrar.warnings(), []);
});

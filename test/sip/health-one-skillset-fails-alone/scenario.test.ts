import t from 'tap';
import { healthOf, healthWhen } from '../../support/health.js';
import { Scene } from '../../support/scene.js';

const NO_ROOM_FOR_SALES = new URL('./no-room-for-sales.xml', import.meta.url).pathname;

// One queue that fails is no dead contact center: only its own callers are better served without it.
t.test('the queue of one skillset fails: that skillset alone is bypassed', async (t) => {
  const scene = await Scene.open(t, { health: true });
  await scene.phone('alice', { answer: 10 });
  const scenario = { scenario: NO_ROOM_FOR_SALES, keys: { name: 'contact-center' } };
  const contactCenter = await scene.contactCenter(scenario);

  for (let i = 1; i <= 2; i += 1) {
    t.equal((await scene.call('sales')).answeredBy, 'alice', 'the contact center refuses');
    t.equal(contactCenter.count('received', 'INVITE'), i);
  }
  await healthWhen(scene, ({ skillsets }) => skillsets[0]?.name === 'sales');
  t.equal((await scene.call('sales')).answeredBy, 'alice');
  t.equal(contactCenter.count('received', 'INVITE'), 2, 'it is not asked any more');
  t.equal((await scene.call('support')).answeredBy, 'contact-center', 'for others it is');

  t.match(await healthOf(scene), {
    bypass: false,
    skillsets: [{ name: 'sales' }],
    locations: [{ state: 'up', answers: [{ address: 'sales', state: 'down', code: 'calls_failed' }] }],
  });
  t.same(scene.registrar.warnings(), []);
});

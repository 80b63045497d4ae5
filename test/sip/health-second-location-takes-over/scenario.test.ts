import t from 'tap';
import { healthOf, healthWhen, probed } from '../../support/health.js';
import { Scene } from '../../support/scene.js';

// Another location of the same contact center that is up comes before agents, and nobody waits for the dead one.
t.test('the first location dies: the second takes its calls at once', async (t) => {
  const scene = await Scene.open(t, { health: true, locations: 2 });
  await scene.phone('alice', { answer: 10 });
  const first = await scene.contactCenter({ answer: 10 }, 0);
  const second = await scene.contactCenter({ answer: 10 }, 1);
  await probed(scene, 0);
  await probed(scene, 1);
  t.equal((await scene.call('sales')).answeredBy, 'contact-center');

  await t.test('one is dead', async (t) => {
    await first.kill();
    await healthWhen(scene, ({ locations }) => locations[0].state === 'down');
    t.equal((await healthOf(scene)).bypass, false);
    const { answeredBy, ms } = await scene.call('sales');
    t.equal(answeredBy, 'contact-center-2');
    t.ok(ms < 1_900, `after ${ms} ms`);
  });

  await t.test('both are dead', async (t) => {
    await second.kill();
    await healthWhen(scene, ({ bypass }) => bypass);
    const { answeredBy, ms } = await scene.call('sales');
    t.equal(answeredBy, 'alice');
    t.ok(ms < 1_900, `after ${ms} ms`);
  });
  t.same(scene.registrar.warnings(), []);
});

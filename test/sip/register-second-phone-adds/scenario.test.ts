import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// B1, B10: for a given address there is one registration for each of an agent's endpoints.
t.test("an agent's second phone is a binding of its own, and its leaving leaves the first", async (t) => {
  const scene = await Scene.open(t);
  const desk = await scene.phone('alice');
  const mobile = await scene.phone('alice');
  const first = {
    sales: `${desk.contact} 0.899`,
    support: `${desk.contact} 0.899`,
    alice: `${desk.contact} 0.5`,
  };
  const second = {
    sales: `${mobile.contact} 0.898`,
    support: `${mobile.contact} 0.898`,
    alice: `${mobile.contact} 0.499`,
  };
  const both = (user: 'sales' | 'support') => [
    atContactCenter(scene, user),
    first[user],
    second[user],
    music(scene),
  ];

  await holds(t, scene, 'sales', both('sales'));
  await holds(t, scene, 'support', both('support'));
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), first.alice, second.alice]);

  t.equal((await mobile.unregister()).status, 200);

  await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), first.sales, music(scene)]);
  await holds(t, scene, 'support', [atContactCenter(scene, 'support'), first.support, music(scene)]);
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), first.alice]);
  t.same(scene.registrar.warnings(), []);
});

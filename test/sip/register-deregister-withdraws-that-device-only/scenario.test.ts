import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// B1, B10 and invariant 3: what leaves is one device, on every address, and nobody else.
t.test('a de-REGISTER withdraws that device on every address and nothing besides', async (t) => {
  const scene = await Scene.open(t);
  const alice = await scene.phone('alice');
  const bob = await scene.phone('bob');
  const carol = await scene.phone('carol');
  await scene.heldWhen('sales', (bindings) => bindings.length === 5);

  t.equal((await alice.unregister()).status, 200);

  await holds(t, scene, 'sales', [
    atContactCenter(scene, 'sales'),
    `${bob.contact} 0.889`,
    `${carol.contact} 0.879`,
    music(scene),
  ]);
  await holds(t, scene, 'support', [atContactCenter(scene, 'support'), music(scene)]);
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice')], 'is still reached at the contact center');
  await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
  await scene.heldWhen('alice', ([location]) => location?.expires === null);
  t.same(scene.registrar.warnings(), []);
});

import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// B4, B6, B7: every address is bound to the contact center's own location, skillsets and treatments also to the treatment,
// before any agent registers and for good.
t.test('with no phone registered, every address leads to the contact center', async (t) => {
  const scene = await Scene.open(t);

  await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), music(scene)]);
  await holds(t, scene, 'support', [atContactCenter(scene, 'support'), music(scene)]);
  await holds(t, scene, 'hold-music', [atContactCenter(scene, 'hold-music'), music(scene)]);
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice')]);

  for (const user of ['sales', 'support', 'hold-music', 'alice']) {
    t.ok(
      (await scene.held(user)).every(({ expires }) => expires === null),
      `${user}: permanent`,
    );
  }
  t.same(scene.registrar.warnings(), []);
});

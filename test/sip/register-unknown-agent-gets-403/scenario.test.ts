import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// Invariant 5: only who is provisioned gets bindings, whatever the REGISTER says.
t.test('whoever is no agent of the contact center gets 403 and no binding', async (t) => {
  const scene = await Scene.open(t);

  for (const user of ['mallory', 'sales', 'hold-music']) {
    t.equal((await (await scene.newPhone(user)).register()).status, 403, user);
  }

  const bob = await scene.phone('bob');
  await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${bob.contact} 0.889`, music(scene)]);
  await holds(t, scene, 'hold-music', [atContactCenter(scene, 'hold-music'), music(scene)]);
  await holds(t, scene, 'mallory', []);
  t.same(scene.registrar.warnings(), []);
});

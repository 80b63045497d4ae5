import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// B2, B11: when there is no place left, the better agent gets the worst one's. One branch waits for the service, one is the
// contact center's, one the treatment's: two agents are held.
t.test('a better agent displaces the worst one held, who keeps the own address', async (t) => {
  const scene = await Scene.open(t, { maxBranches: 5 });
  const carol = await scene.phone('carol');
  const bob = await scene.phone('bob');
  await holds(t, scene, 'sales', [
    atContactCenter(scene, 'sales'),
    `${bob.contact} 0.889`,
    `${carol.contact} 0.879`,
    music(scene),
  ]);

  const alice = await scene.phone('alice');

  await holds(t, scene, 'sales', [
    atContactCenter(scene, 'sales'),
    `${alice.contact} 0.899`,
    `${bob.contact} 0.889`,
    music(scene),
  ]);
  await holds(t, scene, 'carol', [atContactCenter(scene, 'carol'), `${carol.contact} 0.5`]);

  t.equal((await carol.register()).status, 200, 'a refresh does not push her in again');
  await alice.register();
  await holds(t, scene, 'sales', [
    atContactCenter(scene, 'sales'),
    `${alice.contact} 0.899`,
    `${bob.contact} 0.889`,
    music(scene),
  ]);
  t.same(scene.registrar.warnings(), []);
});

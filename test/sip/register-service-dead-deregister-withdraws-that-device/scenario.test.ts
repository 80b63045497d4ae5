import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// Invariants 1 and 3: leaving needs no service either, and is that device's alone.
for (const options of [{ mode: 'proxy', edge: true }, { mode: 'b2bua' }] as const) {
  t.test(
    `${options.mode}: with the service dead a de-REGISTER withdraws that device everywhere`,
    async (t) => {
      const scene = await Scene.open(t, options);
      const desk = await scene.phone('alice');
      const mobile = await scene.phone('alice');
      const bob = await scene.phone('bob');
      await scene.heldWhen('sales', (bindings) => bindings.length === 5);
      await scene.heldWhen('support', (bindings) => bindings.length === 4);
      await scene.understudy.kill9();

      t.equal((await desk.unregister()).status, 200);

      await holds(t, scene, 'sales', [
        atContactCenter(scene, 'sales'),
        `${mobile.contact} 0.898`,
        `${bob.contact} 0.889`,
        music(scene),
      ]);
      await holds(t, scene, 'support', [
        atContactCenter(scene, 'support'),
        `${mobile.contact} 0.898`,
        music(scene),
      ]);
      await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${mobile.contact} 0.499`]);
    },
  );
}

import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// Invariants 1 and 3: "Contact: *" reaches no registrar as it is: there it would take the contact center along, and on a
// skillset's address all agents.
for (const options of [{ mode: 'proxy' }, { mode: 'b2bua', edge: true }] as const) {
  t.test(
    `${options.mode}: with the service dead Contact: * withdraws that agent's devices only`,
    async (t) => {
      const scene = await Scene.open(t, options);
      const desk = await scene.phone('alice');
      await scene.phone('alice');
      const bob = await scene.phone('bob');
      await scene.heldWhen('sales', (bindings) => bindings.length === 5);
      await scene.heldWhen('support', (bindings) => bindings.length === 4);
      await scene.understudy.kill9();

      t.equal((await desk.register({ contact: 'Contact: *', extra: 'Expires: 60' })).status, 400);
      t.equal((await desk.register({ contact: 'Contact: *', extra: 'Expires: 0' })).status, 200);

      await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${bob.contact} 0.889`, music(scene)]);
      await holds(t, scene, 'support', [atContactCenter(scene, 'support'), music(scene)]);
      await holds(t, scene, 'alice', [atContactCenter(scene, 'alice')]);
      await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
    },
  );
}

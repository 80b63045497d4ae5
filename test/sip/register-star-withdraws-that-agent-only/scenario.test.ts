import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// Invariant 3: "Contact: *" (RFC 3261 §10.2.2) means all phones of that agent: not the contact center, not its colleagues
// on the same skillset.
t.test('Contact: * withdraws all devices of that agent and nothing besides', async (t) => {
  const scene = await Scene.open(t);
  const desk = await scene.phone('alice');
  await scene.phone('alice');
  const bob = await scene.phone('bob');
  await scene.heldWhen('sales', (bindings) => bindings.length === 5);

  t.equal((await desk.register({ contact: 'Contact: *', extra: 'Expires: 0' })).status, 200);

  await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${bob.contact} 0.889`, music(scene)]);
  await holds(t, scene, 'support', [atContactCenter(scene, 'support'), music(scene)]);
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice')]);
  await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
  t.same(scene.registrar.warnings(), []);
});

import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import type { HeldBinding } from '../../support/kamailio.js';
import { Scene } from '../../support/scene.js';

// B1, B2, B6, B10, B11, B12: one REGISTER binds the phone to the agent's own address and to the addresses of all its
// skillsets, in the order of priority, behind the contact center's locations and before the treatment.
t.test('a REGISTER becomes a binding on every address of the agent, in order', async (t) => {
  const scene = await Scene.open(t, { locations: 2 });
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), atContactCenter(scene, 'alice', 1)]);
  // in the wrong order
  const carol = await scene.phone('carol');
  const bob = await scene.phone('bob');
  const alice = await scene.phone('alice');

  await holds(t, scene, 'sales', [
    atContactCenter(scene, 'sales'),
    atContactCenter(scene, 'sales', 1),
    `${alice.contact} 0.899`,
    `${bob.contact} 0.889`,
    `${carol.contact} 0.879`,
    music(scene),
  ]);
  await holds(t, scene, 'support', [
    atContactCenter(scene, 'support'),
    atContactCenter(scene, 'support', 1),
    `${alice.contact} 0.899`,
    music(scene),
  ]);
  await holds(t, scene, 'alice', [
    atContactCenter(scene, 'alice'),
    atContactCenter(scene, 'alice', 1),
    `${alice.contact} 0.5`,
  ]);

  const generated = await Promise.all(['sales', 'support', 'alice'].map((user) => scene.held(user)));
  const seconds = generated
    .flat()
    .filter(({ contact }) => contact === alice.contact || contact.includes('sip:alice@'))
    .map(({ expires }) => expires ?? 0);
  t.equal(seconds.length, 5, "the phone on three addresses, and on the agent's own both locations");
  t.ok(Math.max(...seconds) - Math.min(...seconds) <= 1, `the same expiry: ${seconds}`);
  t.ok(Math.max(...seconds) <= 300, 'not longer than was asked for');
  const isStanding = ({ q }: HeldBinding) => q > 0.9 || q < 0.1;
  const isForGood = ({ expires }: HeldBinding) => expires === null;
  // if they came with a REGISTER, they are made so when it has arrived
  await scene.heldWhen('sales', (bindings) => bindings.filter(isStanding).every(isForGood));
  t.same(scene.registrar.warnings(), []);
});

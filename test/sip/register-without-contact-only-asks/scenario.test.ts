import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// RFC 3261 §10.2.3: a REGISTER without Contact asks which bindings there are, and changes none.
t.test('a REGISTER without Contact is answered with the bindings', async (t) => {
  const scene = await Scene.open(t, { edge: true });
  const alice = await scene.phone('alice');

  const { status, contacts } = await (await scene.newPhone('alice')).register({ contact: 'X-Nothing: here' });

  t.equal(status, 200);
  t.equal(contacts.length, 2, contacts.join());
  t.match(contacts.join(), `<${alice.contact}>;q=0.5;expires=`);
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`]);
  await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${alice.contact} 0.899`, music(scene)]);
  t.same(scene.registrar.warnings(), []);
});

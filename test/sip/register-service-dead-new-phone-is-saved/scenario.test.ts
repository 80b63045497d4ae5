import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// B4, B10 and invariant 1: a phone that nobody has seen before, of an agent who is known, gets its own binding, after the contact
// center's, and a 200; at the agent's own address and no other.
for (const edge of [false, true]) {
  t.test(
    `with the service dead a new phone is saved ${edge ? 'through the edge' : 'at the registrar'}`,
    async (t) => {
      const scene = await Scene.open(t, { edge });
      await holds(t, scene, 'bob', [atContactCenter(scene, 'bob')]);
      const before = await scene.phone('bob');
      const sales = [atContactCenter(scene, 'sales'), `${before.contact} 0.889`, music(scene)];
      await holds(t, scene, 'sales', sales);
      t.equal((await before.unregister()).status, 200);
      await holds(t, scene, 'bob', [atContactCenter(scene, 'bob')]);
      await scene.understudy.kill9();
      const bob = await scene.newPhone('bob');

      const { status, contacts } = await bob.register({
        contact: `Contact: <${bob.contact}>;q=1.0;expires=300`,
      });

      t.equal(status, 200);
      t.match(contacts.join(), `<${bob.contact}>;q=0.5;expires=300`);
      for (const contact of contacts) t.match(contact, /;expires=\d{1,4}$/, 'a number that a phone can read');
      await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
      await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), music(scene)]);

      await scene.startUnderstudyAgain();
      t.equal((await bob.register()).status, 200);
      await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
      await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${bob.contact} 0.889`, music(scene)]);
    },
  );
}

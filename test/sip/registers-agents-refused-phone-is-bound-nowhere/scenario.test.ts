import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { RegisteringContactCenter } from '../../support/registering-contact-center.js';

// Only a 2xx of the contact center makes registrations, and only a 2xx withdraws them.
t.test('whom the contact center refuses changes nothing', async (t) => {
  const center = await RegisteringContactCenter.open(t);
  const { scene } = center;
  const location = await center.starts();
  const alice = await center.phone('alice');
  const there = [atContactCenter(scene, 'sales'), `${alice.contact} 0.899`, music(scene)];
  await holds(t, scene, 'sales', there);

  const impostor = await scene.newPhone('bob');
  t.equal((await center.register(impostor, { password: 'guessed' })).status, 401);
  const another = await scene.newPhone('alice');
  for (const contact of [`Contact: <${alice.contact}>;expires=0`, 'Contact: *\r\nExpires: 0']) {
    t.equal((await center.register(another, { contact, password: 'guessed' })).status, 401, contact);
  }

  t.same(await location.bindings('sip:bob@cc.example.com'), []);
  await holds(t, scene, 'bob', [atContactCenter(scene, 'bob')]);
  await holds(t, scene, 'sales', there);
  t.same(center.complaints, []);
});

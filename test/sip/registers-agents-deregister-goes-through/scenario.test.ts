import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { RegisteringContactCenter } from '../../support/registering-contact-center.js';

// Invariant 3: what leaves at the contact center leaves at the registrar, that device's bindings and nobody else's.
t.test('a de-REGISTER goes by the contact center, and so does a star', async (t) => {
  const center = await RegisteringContactCenter.open(t);
  const { scene } = center;
  const location = await center.starts();
  const alice = await center.phone('alice');
  const second = await center.phone('alice');
  const bob = await center.phone('bob');
  const sales = (...phones: string[]) => [atContactCenter(scene, 'sales'), ...phones, music(scene)];
  const [bobs, first, other] = [`${bob.contact} 0.889`, `${alice.contact} 0.899`, second.contact];
  await scene.heldWhen('sales', (held) => held.length === 5);

  t.equal((await alice.unregister()).status, 401, 'the contact center wants to know who says so');
  t.ok(
    (await scene.held('sales')).some(({ contact }) => contact === alice.contact),
    first,
  );
  t.equal((await center.register(alice, { expires: 0 })).status, 200);

  await holds(t, scene, 'sales', sales(`${other} 0.899`, bobs));
  t.match(await location.bindings('sip:alice@cc.example.com'), [{ contact: other }]);

  const star = { contact: 'Contact: *\r\nExpires: 0' };
  t.equal((await center.register(second, star)).status, 200);
  await holds(t, scene, 'sales', sales(bobs));
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice')]);
  t.same(await location.bindings('sip:alice@cc.example.com'), []);
  t.same(center.complaints, []);
});

import t from 'tap';
import { atContactCenter, holds } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';

// RFC 3261 §10.3 step 7: expiry is granted within the contact center's bounds.
t.test('too brief an expiry gets 423 with Min-Expires, too long a one is cut', async (t) => {
  const scene = await Scene.open(t, { document: { expiry: { min_seconds: 90, max_seconds: 7_200 } } });
  const phone = await scene.newPhone('alice');

  const { status, response } = await phone.register({ expires: 89 });
  t.equal(status, 423);
  t.equal(header(response, 'Min-Expires'), '90');
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice')]);

  const granted = await phone.register({ expires: 100_000 });
  t.equal(granted.status, 200);
  t.match(granted.contacts.join(), `<${phone.contact}>;q=0.5;expires=7200`);
  for (const user of ['alice', 'sales', 'support']) {
    const mine = (bindings: { contact: string }[]) =>
      bindings.some(({ contact }) => contact === phone.contact);
    const held = (await scene.heldWhen(user, mine)).find(({ contact }) => contact === phone.contact);
    t.ok(Number(held?.expires) > 7_100, `${user}: ${held?.expires}`);
  }
  t.same(scene.registrar.warnings(), []);
});

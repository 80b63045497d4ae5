import t from 'tap';
import { atContactCenter, holds, music, ofPhone } from '../../support/holds.js';
import { GRANTED, RegisteringContactCenter } from '../../support/registering-contact-center.js';
import { header } from '../../support/sipp.js';

// B10 for a contact center that registers its agents itself: it is asked first, and what it grants is what is registered.
for (const edge of [true, false]) {
  for (const mode of ['proxy', 'b2bua'] as const) {
    t.test(`${edge ? 'edge' : 'registrar'}, ${mode}`, async (t) => {
      const center = await RegisteringContactCenter.open(t, { edge, mode });
      const { scene } = center;
      const location = await center.starts();
      const alice = await scene.newPhone('alice');

      const challenged = await alice.register();
      t.equal(challenged.status, 401);
      t.match(header(challenged.response, 'WWW-Authenticate'), /^Digest realm="cc.example.com", nonce="/);
      t.same(ofPhone(await scene.held('alice'), alice), [], 'nothing is registered by asking');

      const { status, contacts } = await center.register(alice);

      t.equal(status, 200);
      t.same(contacts, [`<${alice.contact}>;expires=${GRANTED}`], "the answer is the contact center's own");
      t.match(await location.bindings('sip:alice@cc.example.com'), [{ contact: alice.contact }]);
      await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`]);
      await holds(t, scene, 'sales', [
        atContactCenter(scene, 'sales'),
        `${alice.contact} 0.899`,
        music(scene),
      ]);
      for (const user of ['alice', 'sales', 'support']) {
        const [binding] = ofPhone(await scene.held(user), alice);
        t.ok(Number(binding?.expires) <= GRANTED, `${user} ends after ${binding?.expires} s`);
      }

      t.equal((await center.register(alice)).status, 200, 'refreshed');
      t.equal((await scene.held('alice')).length, 2);
      t.same(center.complaints, []);
    });
  }
}

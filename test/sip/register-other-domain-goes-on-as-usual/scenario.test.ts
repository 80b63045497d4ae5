import t from 'tap';
import { Scene } from '../../support/scene.js';
import { register } from '../../support/sipp.js';

const DORA = 'sip:dora@example.org';
const CONTACT = 'sip:dora@127.0.0.1:20001';

// A domain that is no contact center's registers as it did before Understudy came.
for (const edge of [false, true]) {
  t.test(
    `another domain's phone registers as usual ${edge ? 'through the edge' : 'at the registrar'}`,
    async (t) => {
      const scene = await Scene.open(t, { edge });

      const contact = `Contact: <${CONTACT}>;expires=120`;
      const { status, contacts } = await register(scene.registerTarget, DORA, { contact });

      t.equal(status, 200);
      t.match(contacts.join(), CONTACT);
      const held = await scene.registrar.bindings(DORA);
      t.same(
        held.map((binding) => binding.contact),
        [CONTACT],
      );
      t.equal(
        held[0]?.path?.includes(`127.0.0.1:${scene.edge?.sipPort}`) ?? false,
        edge,
        'reached through the edge',
      );

      const leaving = { contact: 'Contact: *', extra: 'Expires: 0' };
      t.equal((await register(scene.registerTarget, DORA, leaving)).status, 200);
      t.same(await scene.registrar.bindings(DORA), []);
      t.same(scene.registrar.warnings(), []);
    },
  );
}

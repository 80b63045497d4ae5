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
      const scene = await Scene.open(t, { edge, kamailioEnv: { SIP_ALIAS: 'example.com example.org' } });

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

// A registrar of every domain is one of every stranger's.
for (const edge of [false, true]) {
  t.test(
    `a domain that is nobody's isn't saved ${edge ? 'through the edge' : 'at the registrar'}`,
    async (t) => {
      const scene = await Scene.open(t, { edge, kamailioEnv: { SIP_ALIAS: 'example.com' } });
      const bind = (aor: string) =>
        register(scene.registerTarget, aor, { contact: `Contact: <${CONTACT}>;expires=120` });

      for (const aor of [
        DORA,
        'sip:dora@sub.example.com',
        'sip:dora@192.0.2.7',
        'sip:dora@example.com.example.org',
      ]) {
        t.equal((await bind(aor)).status, 404, aor);
        t.same(await scene.registrar.bindings(aor), [], aor);
      }
      t.equal((await bind('sip:dora@example.com')).status, 200);
      const node = scene.edge ?? scene.registrar;
      t.equal(node.log().match(/understudy=refused kind=foreign_domain/g)?.length, 3, 'said, three times');
      t.match(await node.rpc('htable.get', ['understudy_refused', 'foreign_domain']), { item: { value: 4 } });
      t.same(scene.registrar.warnings(), []);
    },
  );
}

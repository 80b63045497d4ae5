import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

const INSTANCE = '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>';

// B1, B2, B8: a registrar that comes back with an empty memory is given every binding, and no phone has to do anything.
for (const mode of ['proxy', 'b2bua'] as const) {
  t.test(
    `${mode}: a restarted registrar holds all bindings again, in order, with Path and instance`,
    async (t) => {
      const scene = await Scene.open(t, { edge: true, mode });
      const bob = await scene.phone('bob');
      const alice = await scene.newPhone('alice');
      const device = `+sip.instance="${INSTANCE}";reg-id=1;expires=300`;
      await alice.register({ contact: `Contact: <${alice.contact}>;${device}` });
      const sales = [
        atContactCenter(scene, 'sales'),
        `${alice.contact} 0.899`,
        `${bob.contact} 0.889`,
        music(scene),
      ];
      await holds(t, scene, 'sales', sales);

      await scene.registrar.kill();
      await scene.registrar.startAgain();

      await holds(t, scene, 'sales', sales);
      await holds(t, scene, 'support', [
        atContactCenter(scene, 'support'),
        `${alice.contact} 0.899`,
        music(scene),
      ]);
      await holds(t, scene, 'hold-music', [atContactCenter(scene, 'hold-music'), music(scene)]);
      await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
      await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`]);
      for (const user of ['sales', 'support', 'alice']) {
        const held = (await scene.held(user)).find(({ contact }) => contact === alice.contact);
        t.equal(held?.path, `<sip:127.0.0.1:${scene.edge?.sipPort};transport=udp;lr>`, user);
        t.equal(held?.instance, INSTANCE);
        t.ok(Number(held?.expires) <= 300, 'not longer than the phone was granted');
      }

      t.equal((await alice.register({ contact: `Contact: <${alice.contact}>;${device}` })).status, 200);
      t.equal((await bob.register()).status, 200, 'and the next refresh finds it');
      await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`]);
      await holds(t, scene, 'sales', sales);
      t.same(scene.registrar.warnings(), []);
    },
  );
}

import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// B8, B10: the edge at the contact center registers at a SIP registrar in the network: two Kamailios, in both modes.
for (const mode of ['proxy', 'b2bua'] as const) {
  t.test(`${mode}: what the edge sends is what the registrar holds`, async (t) => {
    const scene = await Scene.open(t, { edge: true, mode });
    const bob = await scene.phone('bob');
    const alice = await scene.phone('alice');

    await holds(t, scene, 'sales', [
      atContactCenter(scene, 'sales'),
      `${alice.contact} 0.899`,
      `${bob.contact} 0.889`,
      music(scene),
    ]);
    await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`]);
    t.same(await scene.edge?.bindings('sip:alice@cc.example.com'), [], 'the edge itself holds none');

    t.equal((await alice.register()).status, 200, 'refreshed');
    t.equal((await bob.unregister()).status, 200);
    await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${alice.contact} 0.899`, music(scene)]);
    await holds(t, scene, 'bob', [atContactCenter(scene, 'bob')]);
    t.same(scene.registrar.warnings(), []);
    t.same(scene.edge?.warnings(), []);
  });
}

import t from 'tap';
import {
  EXPIRES,
  heldBinding,
  listed,
  orderBypass,
  SHORT,
  takesCallsAndOptions,
} from '../../support/held-phones.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

// B1, B10: with the contact center its edge is back, and what the phones say themselves counts again.
t.test('the phone registers again: it is bound by its edge, for as long as it was granted', async (t) => {
  const scene = await Scene.open(t, { edge: true, document: SHORT });
  const bob = await scene.newPhone('bob');
  await bob.register({ expires: EXPIRES });
  const sipp = await takesCallsAndOptions(bob);
  t.teardown(() => sipp.kill());
  const order = await orderBypass(scene);
  await scene.edge?.kill();
  t.match(await heldBinding(scene, 'bob'), { path: null });
  const straight = (all: readonly { contact: string; path: string | null }[]) =>
    all.some(({ contact, path }) => contact === bob.contact && path === null);
  await scene.heldWhen('sales', straight);

  await scene.edge?.startAgain();
  t.equal((await bob.register({ expires: 60 })).status, 200);
  const path = `<sip:127.0.0.1:${scene.edge?.sipPort};transport=udp;lr>`;
  const found = (await listed(scene, 'bob')).get('bob');
  t.match(found, { held_since: null, path, because: 'own endpoint' });
  t.ok(Number(found?.expires) <= 60);
  for (const user of ['bob', 'sales']) {
    const held = await scene.heldWhen(user, (all) => all.some((one) => one.path === path));
    t.ok(Number(held.find((one) => one.path === path)?.expires) <= 60, user);
  }

  await t.test('out of bypass what runs out is gone', async (t) => {
    await scene.api('DELETE', `/v1/overrides/${order}`);
    t.equal((await bob.register({ expires: 2 })).status, 200);
    await scene.heldWhen('bob', (all) => all.length === 1);
    t.equal((await listed(scene, 'bob')).size, 0);
  });

  await t.test('unless the bypass is noticed a little later; but who has left has left', async (t) => {
    await scene.phone('carol').then((phone) => phone.unregister());
    await orderBypass(scene);
    t.match(await heldBinding(scene, 'bob'), { path: null });
    await until('calls to reach bob', async () => (await scene.call('sales')).answeredBy === 'bob');
    t.equal((await listed(scene, 'carol')).size, 0);
    t.equal((await bob.unregister()).status, 200);
    await scene.heldWhen('bob', (all) => all.length === 1);
  });
  t.same(scene.registrar.warnings(), []);
});

import t, { type Test } from 'tap';
import { atContactCenter, holds, music, ofPhone } from '../../support/holds.js';
import { GRANTED, RegisteringContactCenter } from '../../support/registering-contact-center.js';
import type { Phone, Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';

async function haveAged(scene: Scene, phone: Phone) {
  for (const user of [phone.agent, 'sales']) {
    await scene.heldWhen(user, (held) => Number(ofPhone(held, phone)[0]?.expires) <= GRANTED - 3);
  }
}

async function isRefreshed(t: Test, scene: Scene, phone: Phone) {
  for (const user of [phone.agent, 'sales']) {
    await scene.heldWhen(user, (held) => Number(ofPhone(held, phone)[0]?.expires) > GRANTED - 3);
    t.pass(`refreshed on ${user}`);
  }
}

// Invariant 1: the edge does without the service, and nobody registers without the contact center's consent meanwhile.
for (const edge of [true, false]) {
  t.test(edge ? 'at the edge' : 'at the registrar', async (t) => {
    const center = await RegisteringContactCenter.open(t, { edge, wire: true });
    const { scene } = center;
    const location = await center.starts();
    const alice = await center.phone('alice');

    await t.test('the service hangs', async (t) => {
      await haveAged(scene, alice);
      scene.wire.fault = 'very slow';
      t.equal((await center.register(alice)).status, 200);
      await isRefreshed(t, scene, alice);
      scene.wire.fault = 'none';
    });

    await t.test('the service is dead', async (t) => {
      await haveAged(scene, alice);
      await scene.understudy.kill9();
      t.equal((await alice.register()).status, 401, 'asked for its password');
      t.equal((await center.register(alice)).status, 200);
      await isRefreshed(t, scene, alice);

      const bob = await scene.newPhone('bob');
      t.equal((await center.register(bob, { password: 'guessed' })).status, 401);
      await holds(t, scene, 'bob', [atContactCenter(scene, 'bob')]);
      t.equal((await center.register(bob)).status, 200, 'never seen before');
      await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
      t.equal((await center.register(bob, { expires: 0 })).status, 200);
      await holds(t, scene, 'bob', [atContactCenter(scene, 'bob')]);
    });

    await t.test('both are dead', async (t) => {
      await haveAged(scene, alice);
      await location.kill();
      t.equal((await alice.register()).status, 200, 'what is remembered is repeated');
      await isRefreshed(t, scene, alice);
      const { status, response } = await (await scene.newPhone('carol')).register();
      t.equal(status, 503);
      t.match(header(response, 'Retry-After'), /^\d+$/);
      await holds(t, scene, 'carol', [atContactCenter(scene, 'carol')]);
    });

    await t.test('both are there again', async (t) => {
      await location.startAgain();
      await scene.startUnderstudyAgain();
      const bob = await center.phone('bob');
      await holds(t, scene, 'sales', [
        atContactCenter(scene, 'sales'),
        `${alice.contact} 0.899`,
        `${bob.contact} 0.889`,
        music(scene),
      ]);
    });
    t.same(center.complaints, []);
  });
}

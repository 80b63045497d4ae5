import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { RegisterSocket } from '../../support/register-socket.js';
import { DOMAIN, Scene } from '../../support/scene.js';

const AGENTS = `/v1/contact-centers/${DOMAIN}/agents`;

// Only who was known registers while the service is dead, and only at an agent's own address: whoever it is that asks.
for (const options of [{ edge: false }, { edge: true }, { edge: true, mode: 'b2bua' }] as const) {
  t.test(`strangers ${JSON.stringify(options)}`, async (t) => {
    const scene = await Scene.open(t, { ...options, kamailioEnv: { SIP_ALIAS: 'example.org' } });
    const alice = await scene.phone('alice');
    const carol = await scene.phone('carol');
    await scene.api('DELETE', `${AGENTS}/carol`);
    t.equal((await carol.register()).status, 403, 'she has been removed');
    const socket = await RegisterSocket.open(t, scene.registerTarget);
    t.equal((await socket.register({ user: 'dora@example.org' })).status, 200, 'no business of ours');
    await holds(t, scene, 'carol', []);
    const contactCenterAndAlice = [atContactCenter(scene, 'sales'), `${alice.contact} 0.899`, music(scene)];
    await holds(t, scene, 'sales', contactCenterAndAlice);
    await scene.understudy.kill9();

    for (const user of [
      'sales',
      'support',
      'hold-music',
      'mallory',
      'SALES',
      '%73ales',
      'sales@CC.example.com',
    ]) {
      const { status, text } = await socket.register({ user });
      t.equal(status, 503, `${user}: ${text.slice(0, 40)}`);
      t.match(text, /^Retry-After: \d+\r$/m);
      t.equal((await socket.star(user)).status, 503, `${user}: *`);
    }
    t.equal((await socket.register({ user: 'bob' })).status, 503, 'an agent whom nobody has seen here');
    t.equal(
      (await socket.register({ user: 'dora@never.example.net' })).status,
      503,
      'whose domain it is nobody has said',
    );
    t.equal((await socket.register({ user: 'dora@example.org' })).status, 200, 'as without us');
    t.equal((await carol.register()).status, 403, 'removed is removed');
    t.equal((await socket.register({ user: 'carol' })).status, 403, 'whatever her phone is');

    await holds(t, scene, 'sales', contactCenterAndAlice);
    await holds(t, scene, 'support', [
      atContactCenter(scene, 'support'),
      `${alice.contact} 0.899`,
      music(scene),
    ]);
    await holds(t, scene, 'hold-music', await standing(scene));
    await holds(t, scene, 'bob', [atContactCenter(scene, 'bob')]);
    for (const nobody of ['mallory', 'carol']) await holds(t, scene, nobody, []);

    const second = await scene.newPhone('alice');
    t.equal((await second.register()).status, 200, 'another phone of an agent who is known');
    await holds(t, scene, 'sales', contactCenterAndAlice, 'and on her own address alone');

    await scene.startUnderstudyAgain();
    t.equal((await socket.register({ user: 'bob' })).status, 200, 'when the service is there again');
    t.equal((await second.register()).status, 200);
  });
}

async function standing(scene: Scene) {
  const held = await scene.held('hold-music');
  return held.map(({ contact, q }) => `${contact} ${q}`).filter((binding) => !/phone@/.test(binding));
}

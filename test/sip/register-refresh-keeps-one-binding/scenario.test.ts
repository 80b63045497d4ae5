import t, { type Test } from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// B1, B10: one registration for each endpoint, however often it refreshes.
t.test('a refresh keeps one binding per phone on every address', async (t) => {
  const scene = await Scene.open(t);
  const isAliceAt = async (t: Test, contact: string) => {
    await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${contact} 0.899`, music(scene)]);
    await holds(t, scene, 'support', [atContactCenter(scene, 'support'), `${contact} 0.899`, music(scene)]);
    await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${contact} 0.5`]);
  };

  await t.test('known by its contact URI', async (t) => {
    const phone = await scene.phone('alice');
    await isAliceAt(t, phone.contact);
    t.equal((await phone.register({ expires: 600 })).status, 200);
    await scene.heldWhen('support', (bindings) => bindings.some(({ expires }) => Number(expires) > 300));
    await isAliceAt(t, phone.contact);
    await phone.unregister();
  });

  await t.test('known by its instance and reg-id, though it has got another address', async (t) => {
    const phone = await scene.newPhone('alice');
    const device = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";reg-id=1;expires=300';
    const moved = 'sip:alice@127.0.0.1:9;ob';
    t.equal((await phone.register({ contact: `Contact: <${phone.contact}>;${device}` })).status, 200);
    await isAliceAt(t, phone.contact);
    t.equal((await phone.register({ contact: `Contact: <${moved}>;${device}` })).status, 200);
    await isAliceAt(t, moved);
    t.match((await scene.held('sales'))[1]?.instance, /000a95a0e128/);
    const again = { contact: `Contact: <${moved}>;${device}`, callId: 'after-a-restart@phone', cseq: 1 };
    t.equal((await phone.register(again)).status, 200, 'restarted: another Call-ID');
    await isAliceAt(t, moved);
  });
  t.same(scene.registrar.warnings(), []);
});

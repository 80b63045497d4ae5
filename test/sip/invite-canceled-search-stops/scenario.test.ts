import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

// B3: the search ends when the caller gives up.
t.test('the caller gives up: what rings stops, and nobody else is called', async (t) => {
  const scene = await Scene.open(t);
  const bob = await (await scene.phone('bob')).takesCalls({ answer: 10 });
  const alice = await (await scene.phone('alice')).takesCalls({ ring: true });
  const treatment = await scene.treatment();

  await t.test("while an agent's phone rings", async (t) => {
    const contactCenter = await scene.contactCenter({ refuse: 503 });
    const call = await scene.call('sales', { scenario: 'cancel' });
    t.equal(call.status, 487);
    await decisionOn(scene, 'sales', call, ['0 failed 503', '1 ringing 180', '1 canceled 487']);
    await until('the phone to hear of it', () => alice.count('received', 'CANCEL') === 1);
    await until('its 487 to be acknowledged', () => alice.count('received', 'ACK') === 1);
    await contactCenter.kill();
  });

  await t.test('while the contact center rings', async (t) => {
    const contactCenter = await scene.contactCenter({ ring: true });
    const call = await scene.call('sales', { scenario: 'cancel' });
    t.equal(call.status, 487);
    await decisionOn(scene, 'sales', call, ['0 ringing 180', '0 canceled 487']);
    await until('it to hear of it', () => contactCenter.count('received', 'CANCEL') === 1);
    t.equal(alice.count('received', 'INVITE'), 1, 'only the call before');
  });

  t.equal(bob.count('received', 'INVITE'), 0);
  t.equal(treatment.count('received', 'INVITE'), 0);
  t.same(scene.registrar.warnings(), []);
});

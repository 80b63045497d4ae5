import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

// B4: a contact center that has decided isn't overruled, with the service and without.
t.test('the contact center says no: the caller hears it, and nobody else is called', async (t) => {
  const scene = await Scene.open(t);
  const alice = await (await scene.phone('alice')).takesCalls({ answer: 10 });
  const treatment = await scene.treatment();
  const codes = [486, 603, 404];

  for (const code of codes) {
    await t.test(`with ${code}`, async (t) => {
      const contactCenter = await scene.contactCenter({ refuse: code });
      const call = await scene.call('sales');
      t.equal(call.status, code);
      t.equal(call.answeredBy, 'contact-center', 'its own words');
      await decisionOn(scene, 'sales', call, [`0 failed ${code}`]);
      await contactCenter.kill();
    });
  }
  t.same(scene.registrar.warnings(), []);

  await scene.understudy.kill9();
  for (const code of codes) {
    await t.test(`with ${code}, without the service`, async (t) => {
      const contactCenter = await scene.contactCenter({ refuse: code });
      t.equal((await scene.call('sales')).status, code);
      await contactCenter.kill();
    });
  }

  t.equal(alice.count('received', 'INVITE'), 0);
  t.equal(treatment.count('received', 'INVITE'), 0);
});

import t from 'tap';
import { DOMAIN, Scene } from '../../support/scene.js';
import { call } from '../../support/sipp.js';

// B6: only a contact center's own addresses are bound to it.
t.test('nobody has this address: 404, with the service and without', async (t) => {
  const scene = await Scene.open(t);
  const contactCenter = await scene.contactCenter({ answer: 10 });
  const addresses = [`sip:nobody@${DOMAIN}`, `sip:${DOMAIN}`, 'sip:sales@elsewhere.example.org'];

  for (const address of addresses) {
    t.equal((await call(scene.callTarget, address)).status, 404, address);
  }
  t.same(scene.registrar.warnings(), []);

  await scene.understudy.kill9();
  for (const address of addresses) {
    t.equal((await call(scene.callTarget, address)).status, 404, `${address} without the service`);
  }
  t.equal(contactCenter.count('received', 'INVITE'), 0);
});

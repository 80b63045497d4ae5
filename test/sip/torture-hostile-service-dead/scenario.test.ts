import t from 'tap';
import { hostile } from '../../support/torture-hostile.js';
import { TORTURE_MS, TortureScene } from '../../support/torture-scene.js';

// Invariants 1 and 4: without the service the script alone must see to it.
t.test('hostile headers while the service is dead', { timeout: TORTURE_MS }, async (t) => {
  const torture = await TortureScene.open(t);
  await torture.scene.understudy.kill9();

  await torture.torture(hostile('INVITE', { part: 0, of: 2 }));
  t.same(torture.sockets.elsewhere.received().map(String), [], 'no call goes elsewhere');
  await torture.torture(hostile('REGISTER', { part: 1, of: 2 }));

  await torture.contactCenterStaysFirst();
  torture.nothingMalformedLeft();
  await torture.staysWell();
  await torture.scene.startUnderstudyAgain();
  await torture.worksAsEver();
});

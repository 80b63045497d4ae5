import t from 'tap';
import { hostile } from '../../support/torture-hostile.js';
import { TORTURE_MS, TortureScene } from '../../support/torture-scene.js';

// Invariant 4: nobody can put a header, a route or a foreign host into a SIP message by what they call.
t.test('hostile headers in INVITEs', { timeout: TORTURE_MS }, async (t) => {
  const torture = await TortureScene.open(t);
  const { contactCenter, elsewhere } = torture.sockets;

  await torture.torture(hostile('INVITE'));

  t.ok(contactCenter.received().length > 100, 'many of them are calls all the same');
  t.same(elsewhere.received().map(String), [], 'none goes elsewhere');
  torture.nothingMalformedLeft();
  await torture.staysWell();
  await torture.worksAsEver();
});

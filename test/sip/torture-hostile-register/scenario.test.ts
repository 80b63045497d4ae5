import t from 'tap';
import { hostile } from '../../support/torture-hostile.js';
import { TORTURE_MS, TortureScene } from '../../support/torture-scene.js';

// Invariant 4: nobody can put a header, a route or a foreign host into a SIP message by what they register.
for (const [part, mode] of (['proxy', 'b2bua'] as const).entries()) {
  t.test(`${mode}: hostile headers in REGISTERs`, { timeout: TORTURE_MS }, async (t) => {
    const torture = await TortureScene.open(t, { mode });

    await torture.torture(hostile('REGISTER', { part, of: 2 }));

    t.same(
      torture.sockets.elsewhere.received().map(String),
      [],
      'a REGISTER goes nowhere but to the registrar',
    );
    await torture.contactCenterStaysFirst();
    torture.nothingMalformedLeft();
    await torture.staysWell();
    await torture.worksAsEver();
  });
}

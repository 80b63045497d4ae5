import t from 'tap';
import { ofPhone } from '../../support/holds.js';
import { RegisteringContactCenter } from '../../support/registering-contact-center.js';
import { header } from '../../support/sipp.js';

const DOWN = {
  'nobody is there': {},
  'it has no address': { locations: [{ uri: 'sip:contact-center.invalid', priority: 1 }] },
};

// While the contact center is down nobody can tell a new phone from an impostor: what becomes of it is the operator's choice.
for (const [how, document] of Object.entries(DOWN)) {
  for (const phones_in_bypass of ['accepted', 'all'] as const) {
    t.test(`${how}, phones_in_bypass: ${phones_in_bypass}`, async (t) => {
      const center = await RegisteringContactCenter.open(t, { document: { ...document, phones_in_bypass } });
      const { scene } = center;
      const alice = await scene.newPhone('alice');

      const { status, response } = await alice.register();

      if (phones_in_bypass === 'all') {
        t.equal(status, 200);
        await scene.heldWhen('alice', (held) => ofPhone(held, alice).length === 1);
      } else {
        t.equal(status, 503);
        t.match(header(response, 'Retry-After'), /^\d+$/);
        t.same(ofPhone(await scene.held('alice'), alice), []);
      }
      t.same(center.complaints, []);
    });
  }
}

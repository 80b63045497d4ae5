import t from 'tap';
import { ofPhone } from '../../support/holds.js';
import { GRANTED, RegisteringContactCenter } from '../../support/registering-contact-center.js';

// While the contact center is down its agents stay reachable: whom it had accepted is registered on its behalf.
for (const edge of [true, false]) {
  t.test(edge ? 'at the edge' : 'at the registrar', async (t) => {
    const center = await RegisteringContactCenter.open(t, { edge });
    const { scene } = center;
    const location = await center.starts();
    const alice = await center.phone('alice');
    await location.kill();

    const { status, contacts } = await alice.register();

    t.equal(status, 200);
    t.ok(contacts.some((contact) => contact.includes(alice.contact)));
    for (const user of ['alice', 'sales', 'support']) {
      const isLonger = (seconds: number | null | undefined) => Number(seconds) > GRANTED;
      await scene.heldWhen(user, (held) => isLonger(ofPhone(held, alice)[0]?.expires));
    }

    t.equal((await alice.unregister()).status, 200, 'it may leave as well');
    for (const user of ['alice', 'sales', 'support']) {
      await scene.heldWhen(user, (held) => ofPhone(held, alice).length === 0);
    }

    await location.startAgain();
    t.equal((await alice.register()).status, 401, 'asked again as soon as it is there');
    t.equal((await center.register(alice)).status, 200);
    await scene.heldWhen('sales', (held) => Number(ofPhone(held, alice)[0]?.expires) <= GRANTED);
    t.same(center.complaints, []);
  });
}

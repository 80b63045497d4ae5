import t from 'tap';
import { atContactCenter, holds, ofPhone } from '../../support/holds.js';
import { GRANTED, RegisteringContactCenter } from '../../support/registering-contact-center.js';

const OUT_OF_ORDER = new URL('./refuse-register.xml', import.meta.url).pathname;

// A location that is silent, or out of order, doesn't keep agents from registering at the next.
for (const first of ['silent', 'out of order'] as const) {
  t.test(`first location ${first}`, async (t) => {
    const center = await RegisteringContactCenter.open(t, { locations: 2 });
    const { scene } = center;
    if (first === 'silent') await scene.silent(scene.locationPorts[0] as number);
    else await scene.contactCenter({ scenario: OUT_OF_ORDER });
    const location = await center.starts(1);
    const alice = await scene.newPhone('alice');

    t.equal((await alice.register()).status, 401, 'its challenge is not weighed against what the first said');
    const { status, contacts } = await center.register(alice);

    t.equal(status, 200);
    t.same(contacts, [`<${alice.contact}>;expires=${GRANTED}`]);
    t.match(await location.bindings('sip:alice@cc.example.com'), [{ contact: alice.contact }]);
    await holds(t, scene, 'alice', [
      atContactCenter(scene, 'alice'),
      atContactCenter(scene, 'alice', 1),
      `${alice.contact} 0.5`,
    ]);
    t.ok(Number(ofPhone(await scene.held('sales'), alice)[0]?.expires) <= GRANTED);
    t.same(center.complaints, []);
  });
}

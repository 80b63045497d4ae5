import t from 'tap';
import { atContactCenter, holds, ofPhone } from '../../support/holds.js';
import { GRANTED, RegisteringContactCenter } from '../../support/registering-contact-center.js';
import { DOMAIN } from '../../support/scene.js';
import { header } from '../../support/sipp.js';

const OUT_OF_ORDER = new URL('./refuse-register.xml', import.meta.url).pathname;
const LATE = new URL('./late-answer.xml', import.meta.url).pathname;

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

t.test('first location too late', async (t) => {
  const center = await RegisteringContactCenter.open(t, { locations: 2 });
  const { scene } = center;
  const document = scene.document({ locations: 2 });
  const [first, second] = document.locations;
  await scene.api('PUT', `/v1/contact-centers/${DOMAIN}`, {
    ...document,
    registers_agents: true,
    locations: [
      { ...first, fr_timer_ms: 500 },
      { ...second, fr_timer_ms: 10_000 },
    ],
  });
  await scene.contactCenter({ scenario: LATE }, 0);
  await scene.contactCenter({ scenario: LATE }, 1);
  const alice = await scene.newPhone('alice');

  const { status, response } = await alice.register();

  t.equal(status, 200);
  t.equal(header(response, 'X-Answered-By'), 'contact-center-2', 'the one that was still waited for');
  await scene.heldWhen('sales', (held) => ofPhone(held, alice).length === 1);
  t.same(center.complaints, []);
});

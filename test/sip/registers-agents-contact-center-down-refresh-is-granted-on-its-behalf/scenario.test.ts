import t from 'tap';
import { ofPhone } from '../../support/holds.js';
import { GRANTED, RegisteringContactCenter } from '../../support/registering-contact-center.js';
import { DOMAIN, type Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

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

t.test('and without being asked, once it is known to be down', async (t) => {
  const center = await RegisteringContactCenter.open(t, { health: true });
  const { scene } = center;
  const location = await center.starts();
  await isInBypass(scene, false);
  const alice = await center.phone('alice');
  await location.kill();
  await isInBypass(scene, true);

  const { status } = await alice.register();

  t.equal(status, 200);
  await scene.heldWhen('sales', (held) => Number(ofPhone(held, alice)[0]?.expires) > GRANTED);
  t.equal((await (await scene.newPhone('alice')).register()).status, 503);
  t.notMatch(scene.edge?.log(), 'contact_center_failed');
  t.same(center.complaints, []);
});

async function isInBypass(scene: Scene, bypass: boolean) {
  type Health = { contact_centers: { bypass: boolean; locations: { probes: unknown[] }[] }[] };
  await until(`bypass: ${bypass}`, async () => {
    const { contact_centers } = await scene.api<Health>('GET', `/v1/health?contact_center=${DOMAIN}`);
    const [found] = contact_centers;
    return found?.bypass === bypass && found.locations.every(({ probes }) => probes.length > 0);
  });
}

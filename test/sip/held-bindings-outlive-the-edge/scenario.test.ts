import t from 'tap';
import {
  EXPIRES,
  heldBinding,
  listed,
  orderBypass,
  SHORT,
  takesCallsAndOptions,
} from '../../support/held-phones.js';
import { type Phone, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

const FAR = 'sip:alice@10.0.0.7:5060';
const DEVICE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";reg-id=1';

// B1, B3, B10: phones can't refresh through an edge that died with its contact center, and are reached nevertheless.
for (const mode of ['proxy', 'b2bua'] as const) {
  t.test(
    `${mode}: the edge is gone, its phones are held and reached straight, until they are gone`,
    async (t) => {
      const scene = await Scene.open(t, { edge: true, mode, document: SHORT });
      const [alice, bob, carol] = await Promise.all(
        ['alice', 'bob', 'carol'].map((name) => scene.newPhone(name)),
      );
      if (!alice || !bob || !carol) throw new Error('three');
      const contact = `Contact: <${FAR}>;${DEVICE};expires=${EXPIRES}`;
      t.equal((await alice.register({ contact, scenario: 'behind-nat', port: alice.port })).status, 200);
      for (const phone of [bob, carol]) t.equal((await phone.register({ expires: EXPIRES })).status, 200);
      const registered = Date.now();
      const phones = await Promise.all([alice, bob].map(takesCallsAndOptions));
      t.teardown(() => Promise.all(phones.map((sipp) => sipp.kill())));
      await carol.isSilent();
      await orderBypass(scene);
      await scene.edge?.kill();

      await t.test('what is held says so, and how the phone is reached without the edge', async (t) => {
        const far = await heldBinding(scene, 'alice');
        const ran_out = Date.parse(String(far.held_since));
        t.ok(Math.abs(ran_out - registered - EXPIRES * 1000) < 10_000, 'since it ran out');
        t.match(far, { contact: FAR, path: null, received: `sip:127.0.0.1:${alice.port};transport=udp` });
        t.ok(Number(far.expires) > 500);
        t.match(await heldBinding(scene, 'bob'), { contact: bob.contact, path: null, received: null });
        t.match((await listed(scene, 'sales')).get('bob'), { because: 'sales level 2, held' });
        for (const user of ['alice', 'sales', 'support']) {
          const held = await scene.heldWhen(user, (all) =>
            all.some(({ contact, path }) => contact === FAR && path === null),
          );
          const binding = held.find(({ contact }) => contact === FAR);
          t.ok(Number(binding?.expires) > 500, `${user}: the registrar has it for longer, too`);
          t.match(binding, { received: far.received });
        }
      });

      await t.test('calls reach them', async (t) => {
        await until('their first expiry to be over', () => Date.now() > registered + (EXPIRES + 1) * 1000);
        const reaches = async (phone: Phone) =>
          t.equal((await scene.call(phone.agent)).answeredBy, phone.agent);
        await reaches(alice);
        await reaches(bob);
        t.equal((await scene.call('sales')).status, 200);
      });

      // From here on the mode makes no difference.
      if (mode === 'b2bua') return;

      await t.test('one that answers neither OPTIONS nor calls is dropped, the others stay', async (t) => {
        await until('carol to be gone', async () => !(await listed(scene, 'sales')).has('carol'), 60_000);
        await scene.heldWhen('carol', (all) => all.every(({ contact }) => contact !== carol.contact));
        t.same([...(await listed(scene, 'sales')).keys()], ['alice', 'bob']);
        t.match(scene.understudy.logs(), /"agent":"carol".*a held phone is gone/);
      });

      await t.test('a service that starts again still knows them as held', async (t) => {
        const before = await heldBinding(scene, 'bob');
        await scene.understudy.kill9();
        await scene.startUnderstudyAgain();
        t.match(await heldBinding(scene, 'bob'), { held_since: before.held_since, path: null });
        t.equal((await scene.call('alice')).answeredBy, 'alice');
      });
    },
  );
}

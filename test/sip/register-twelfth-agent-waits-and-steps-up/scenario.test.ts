import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { type Phone, Scene } from '../../support/scene.js';

/** One branch waits for the service, one is the contact center's, one the treatment's: eleven are left. */
const BRANCHES = 14;
const NAMES = Array.from({ length: 12 }, (_, i) => `agent-${String(i + 1).padStart(2, '0')}`);

// B1, B2, B11 and invariant 2: a registrar holds as many agents as one call can try, the best; the treatment is never cut off.
t.test('the twelfth agent waits, and steps up when one leaves', async (t) => {
  const scene = await Scene.open(t, {
    maxBranches: BRANCHES,
    agents: Object.fromEntries(NAMES.map((name, i) => [name, { sales: i + 1 }])),
    document: { expiry: { min_seconds: 1 } },
  });
  const phones = await Promise.all(NAMES.map((name) => scene.phone(name)));
  const allBut = (away: number): string[] => [
    atContactCenter(scene, 'sales'),
    ...phones.flatMap(({ contact }, i) => (i === away ? [] : [`${contact} ${(899 - 10 * i) / 1000}`])),
    music(scene),
  ];
  const seventh = phones[6] as Phone;
  const twelfth = phones[11] as Phone;

  await holds(t, scene, 'sales', allBut(11), 'has the best eleven');
  await holds(t, scene, twelfth.agent, [atContactCenter(scene, twelfth.agent), `${twelfth.contact} 0.5`]);

  await t.test('by its de-REGISTER', async (t) => {
    await seventh.unregister();
    await holds(t, scene, 'sales', allBut(6), 'has the twelfth in place of the seventh');
    await seventh.register();
    await holds(t, scene, 'sales', allBut(11), 'has the seventh again');
  });

  await t.test('by its expiry', async (t) => {
    t.equal((await seventh.register({ expires: 2 })).status, 200);
    await holds(t, scene, 'sales', allBut(6), 'has the twelfth in place of the seventh');
    await holds(t, scene, seventh.agent, [atContactCenter(scene, seventh.agent)], 'lapsed as well');
  });
  t.same(scene.registrar.warnings(), []);
});

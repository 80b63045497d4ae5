import t from 'tap';
import { atContactCenter, music } from '../../support/holds.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

interface Differences {
  readonly total: number;
  readonly differences: readonly { readonly contact: string; readonly kind: string }[];
}

// usrloc puts a binding whose q changes into a wrong place of its list, which whoever doesn't sort it goes by.
t.test('a binding in the wrong place of a registrar is a difference, and is repaired', async (t) => {
  const scene = await Scene.open(t);
  const alice = await scene.phone('alice');
  const inOrder = [atContactCenter(scene, 'sales'), `${alice.contact} 0.899`, music(scene)];
  // in the registrar's own order
  const held = async () => {
    type Found = { Contacts: { Contact: { Address: string; Q: number } }[] };
    const { Contacts } = (await scene.registrar.rpc('ul.lookup', ['location', `sales@${DOMAIN}`])) as Found;
    return Contacts.map(({ Contact: { Address, Q } }) => `${Address} ${Q}`);
  };
  await until('alice to be bound', async () => (await held()).length === 3);
  t.strictSame(await held(), inOrder);
  const differences = () => scene.api<Differences>('GET', '/v1/nodes/reg1/differences');
  await until('nothing to be on its way', async () => (await differences()).total === 0);

  const treatment = music(scene).split(' ')[0] as string;
  for (const q of [0.95, 0.01]) {
    await scene.registrar.rpc('ul.add', ['location', `sales@${DOMAIN}`, treatment, 0, q, '.', 0, 0, 16_383]);
  }
  t.strictSame(await held(), [inOrder[2], inOrder[0], inOrder[1]], 'the treatment stands first');

  const found = await differences();
  t.match(found, { total: 1, differences: [{ contact: treatment, kind: 'misplaced' }] });
  await scene.api('POST', '/v1/nodes/reg1/repair');
  await until('the repair', async () => (await held())[2] === inOrder[2]);
  t.strictSame(await held(), inOrder);
  t.equal((await differences()).total, 0);

  await t.test('a changed skill level leaves all in order', async () => {
    const bob = await scene.phone('bob');
    await until('bob to be bound', async () => (await held()).length === 4);
    await scene.api('PUT', `/v1/contact-centers/${DOMAIN}/agents/alice/skills/sales`, { level: 4 });
    const changed = [inOrder[0], `${bob.contact} 0.899`, `${alice.contact} 0.879`, inOrder[2]];
    await until('the change', async () => JSON.stringify(await held()) === JSON.stringify(changed));
  });
  t.strictSame(scene.registrar.warnings(), []);
});

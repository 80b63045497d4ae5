import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

const AGENTS = 12;
/** What one call can try of them: max_branches is 12, and one each goes to the question, the contact center and the treatment. */
const TRIED = 9;

const names = Array.from({ length: AGENTS }, (_, i) => `agent${String(i + 1).padStart(2, '0')}`);

// Invariant 2, B3, B7: a list that is too long loses agents from its end, never the treatment.
t.test('more agents than a call can try, and all refuse: the treatment answers', async (t) => {
  const agents = Object.fromEntries(names.map((name, i) => [name, { sales: i + 1 }]));
  const scene = await Scene.open(t, {
    agents,
    document: { skillsets: [{ name: 'sales', treatment: 'hold-music' }] },
  });
  await scene.contactCenter({ refuse: 503 });
  await scene.treatment();
  const phones = await Promise.all(
    names.map(async (name) => (await scene.phone(name)).takesCalls({ refuse: 486 })),
  );
  const called = () => phones.map((phone) => phone.count('received', 'INVITE'));
  const times = (n: number) => names.map((_, i) => (i < TRIED ? n : 0));

  const call = await scene.call('sales');
  t.equal(call.answeredBy, 'hold-music');
  t.same(called(), times(1), 'the best ones were tried');
  await decisionOn(scene, 'sales', call, [
    '0 failed 503',
    ...Array.from({ length: TRIED }, (_, i) => `${i + 1} failed 486`),
    `${TRIED + 1} ringing 180`,
    `${TRIED + 1} answered 200`,
    `${TRIED + 1} ended`,
  ]);
  await scene.heldWhen('sales', (bindings) => bindings.length === TRIED + 2);
  t.same(scene.registrar.warnings(), []);

  await t.test('without the service too', async (t) => {
    await scene.understudy.kill9();
    t.equal((await scene.call('sales')).answeredBy, 'hold-music');
    t.same(called(), times(2));
  });
});

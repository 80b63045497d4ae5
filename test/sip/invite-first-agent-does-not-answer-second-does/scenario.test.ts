import t from 'tap';
import { decisionOn, elapsed } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

const RING_AGAIN_AND_AGAIN = new URL('./ring-again-and-again.xml', import.meta.url).pathname;

// B3: a phone rings as long as its skillset says, not for tm's two minutes; then the next one does.
t.test('the best agent does not answer: the next best does', async (t) => {
  const scene = await Scene.open(t, { ringSeconds: 1 });
  await scene.contactCenter({ refuse: 503 });
  await scene.phone('bob', { answer: 10 });
  const alice = await scene.phone('alice');
  const expected = [
    '0 failed 503',
    '1 ringing 180',
    '1 failed 408',
    '2 ringing 180',
    '2 answered 200',
    '2 ended',
  ];

  for (const [title, behaviour] of [
    ['who lets it ring', { ring: true }],
    ['whose phone says again and again that it rings', { scenario: RING_AGAIN_AND_AGAIN }],
  ] as const) {
    await t.test(title, async (t) => {
      const phone = await alice.takesCalls(behaviour);
      const call = await scene.call('sales');
      t.equal(call.answeredBy, 'bob');
      t.ok(call.ms >= 900 && call.ms < 10_000, `after ${call.ms} ms`);
      const decision = await decisionOn(scene, 'sales', call, expected);
      const gaveUp = elapsed(decision, 1, 'failed') ?? -1;
      t.ok(gaveUp >= 900 && gaveUp < 10_000, `given up after ${gaveUp} ms`);
      t.equal(phone.count('received', 'CANCEL'), 1, 'it stops ringing');
    });
  }

  t.same(scene.registrar.warnings(), []);
});

import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

const RING_THEN_503 = new URL('./ring-then-503.xml', import.meta.url).pathname;

// B3: a contact center that says it can't is passed over at once, even after it rang.
t.test('the contact center fails: the agent answers', async (t) => {
  const scene = await Scene.open(t);
  await scene.phone('alice', { answer: 10 });

  for (const code of [503, 500, 408]) {
    await t.test(`with ${code}`, async (t) => {
      const contactCenter = await scene.contactCenter({ refuse: code });
      const call = await scene.call('sales');
      t.equal(call.status, 200);
      t.equal(call.answeredBy, 'alice');
      t.ok(call.ms < 1_900, `after ${call.ms} ms`);
      await decisionOn(scene, 'sales', call, [
        `0 failed ${code}`,
        '1 ringing 180',
        '1 answered 200',
        '1 ended',
      ]);
      t.equal(contactCenter.count('received', 'INVITE'), 1);
      await contactCenter.kill();
    });
  }

  await t.test('with 503 after 100 and 180', async (t) => {
    const contactCenter = await scene.contactCenter({ scenario: RING_THEN_503 });
    // A probe that the one before it has left unanswered says that the place is dead, and a call that rings there goes on.
    await until('its own probes', () => contactCenter.count('received', 'OPTIONS') >= 2);
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'alice');
    await decisionOn(scene, 'sales', call, [
      '0 ringing 180',
      '0 failed 503',
      '1 ringing 180',
      '1 answered 200',
      '1 ended',
    ]);
  });

  t.same(scene.registrar.warnings(), []);
});

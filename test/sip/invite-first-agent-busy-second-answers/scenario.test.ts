import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

// B1, B2, B3: whoever of the agents says no is passed over; the next best is called.
t.test('the best agent is busy or declines: the next best answers', async (t) => {
  const scene = await Scene.open(t);
  await scene.contactCenter({ refuse: 503 });
  const carol = await (await scene.phone('carol')).takesCalls({ answer: 10 });
  await scene.phone('bob', { answer: 10 });
  const alice = await scene.phone('alice');

  // 603 speaks for the whole search (RFC 3261 §21.6.4), but an agent decides only for one agent.
  for (const code of [486, 480, 603, 404, 500]) {
    await t.test(`with ${code}`, async (t) => {
      const phone = await alice.takesCalls({ refuse: code });
      const call = await scene.call('sales');
      t.equal(call.status, 200);
      t.equal(call.answeredBy, 'bob');
      await decisionOn(scene, 'sales', call, [
        '0 failed 503',
        `1 failed ${code}`,
        '2 ringing 180',
        '2 answered 200',
        '2 ended',
      ]);
      t.equal(phone.count('received', 'INVITE'), 1);
    });
  }

  t.equal(carol.count('received', 'INVITE'), 0, 'a worse one is not called');
  t.same(scene.registrar.warnings(), []);
});

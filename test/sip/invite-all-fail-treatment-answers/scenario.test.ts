import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

// B3, B7: the treatment is the last resort, whatever became of the agents.
t.test('no agent takes the call: the treatment answers', async (t) => {
  const scene = await Scene.open(t, { ringSeconds: 1 });
  await scene.contactCenter({ refuse: 503 });
  await scene.treatment();

  await t.test('when nobody is registered', async (t) => {
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'hold-music');
    await decisionOn(scene, 'sales', call, ['0 failed 503', '1 ringing 180', '1 answered 200', '1 ended']);
  });

  await t.test('when one declines, one is silent and one rings for ever', async (t) => {
    await scene.phone('alice', { refuse: 603 });
    await (await scene.phone('bob')).isSilent();
    await scene.phone('carol', { ring: true });
    const call = await scene.call('sales');
    t.equal(call.status, 200);
    t.equal(call.answeredBy, 'hold-music');
    t.ok(call.ms >= 2_900 && call.ms < 30_000, `after ${call.ms} ms`);
    await decisionOn(scene, 'sales', call, [
      '0 failed 503',
      '1 failed 603',
      '2 failed 408',
      '3 ringing 180',
      '3 failed 408',
      '4 ringing 180',
      '4 answered 200',
      '4 ended',
    ]);
  });

  t.same(scene.registrar.warnings(), []);
});

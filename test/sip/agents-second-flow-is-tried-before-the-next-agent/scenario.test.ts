import t from 'tap';
import { agentWhen, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';
import { decisionOn } from '../../support/decision.js';

// A phone that can't be reached says nothing about its agent, who has another; a phone that is answered does.
t.test('an agent has two phones', async (t) => {
  const scene = await sceneInBypass(t, {
    agents: { alice: { sales: 1 }, bob: { sales: 2 } },
    ringSeconds: 1,
  });
  const first = await scene.phone('alice');
  const second = await scene.phone('alice');
  const bob = await (await scene.phone('bob')).takesCalls({ answer: 10 });

  await t.test('the first is silent: the second rings before the next agent does', async (t) => {
    const silence = await first.isSilent();
    await second.takesCalls({ answer: 10 });
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'alice');
    await decisionOn(scene, 'sales', call, ['0 failed 408', '1 ringing 180', '1 answered 200', '1 ended']);
    t.equal(bob.count('received', 'INVITE'), 0);
    const { put_last } = await agentWhen(scene, 'alice', isFree);
    t.equal(put_last, null);
    await silence.kill();
  });

  await t.test('the first is busy: the next agent is called, and alice comes last', async (t) => {
    await first.takesCalls({ refuse: 486 });
    const spared = await second.takesCalls({ answer: 10 });
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'bob');
    await decisionOn(scene, 'sales', call, ['0 failed 486', '2 ringing 180', '2 answered 200', '2 ended']);
    t.equal(spared.count('received', 'INVITE'), 0);
    await agentWhen(scene, 'alice', ({ put_last }) => put_last?.code === 'no_answer');
  });

  t.same(scene.registrar.warnings(), []);
});

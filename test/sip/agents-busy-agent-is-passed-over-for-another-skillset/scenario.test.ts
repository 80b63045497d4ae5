import t from 'tap';
import { agentWhen, isBusy, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';
import { decisionOn } from '../../support/decision.js';

/** Long enough for another call in the meantime. */
const TALK_MS = 6_000;

t.test('an agent who talks to a caller of one skillset gets no calls of another', async (t) => {
  const scene = await sceneInBypass(t, {
    agents: { alice: { sales: 1, support: 1 }, bob: { support: 2 } },
  });
  const alice = await (await scene.phone('alice')).takesCalls({ answer: 10 });
  await scene.phone('bob', { answer: 10 });

  const first = scene.call('sales', { hold_ms: TALK_MS });
  const { call_id } = await agentWhen(scene, 'alice', isBusy);

  const second = await scene.call('support');
  t.equal(second.answeredBy, 'bob');
  const decision = await decisionOn(scene, 'support', second, ['0 ringing 180', '0 answered 200', '0 ended']);
  t.match(decision.targets[0], { agent: 'bob' });
  t.match(
    decision.out.find(({ agent }) => agent === 'alice'),
    { code: 'busy' },
  );
  t.equal(alice.count('received', 'INVITE'), 1);

  t.match(await first, { status: 200, answeredBy: 'alice', callId: call_id });
  await agentWhen(scene, 'alice', isFree);
  t.equal((await scene.call('support')).answeredBy, 'alice');
  t.same(scene.registrar.warnings(), []);
});

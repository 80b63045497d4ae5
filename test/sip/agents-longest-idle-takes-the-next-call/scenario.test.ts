import t from 'tap';
import { agentWhen, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';

t.test('of equal agents the one who has been without a call for longest takes the next', async (t) => {
  const level = { sales: 1 };
  const scene = await sceneInBypass(t, { agents: { alice: level, bob: level, carol: level } });
  for (const agent of ['alice', 'bob', 'carol']) await scene.phone(agent, { answer: 10 });

  // A call to an agent's own address counts as any other.
  for (const [user, agent] of [
    ['bob', 'bob'],
    ['sales', 'alice'],
    ['sales', 'carol'],
    ['sales', 'bob'],
    ['carol', 'carol'],
    ['sales', 'alice'],
    ['sales', 'bob'],
    ['sales', 'carol'],
  ] as const) {
    const call = await scene.call(user);
    t.equal(call.answeredBy, agent, `the call to ${user}`);
    await agentWhen(scene, agent, isFree);
  }
  t.same(scene.registrar.warnings(), []);
});

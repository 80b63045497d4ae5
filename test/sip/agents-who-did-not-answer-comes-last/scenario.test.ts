import t from 'tap';
import { agentWhen, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';
import { decisionOn } from '../../support/decision.js';

t.test('an agent who lets it ring, or is not there, comes after the others for a while', async (t) => {
  const scene = await sceneInBypass(t, {
    agents: { alice: { sales: 1 }, bob: { sales: 2 } },
    ringSeconds: 1,
  });
  const alice = await scene.phone('alice');
  await scene.phone('bob', { answer: 10 });
  const isPutLast = (code: string) => (agent: { put_last: { code: string } | null }) =>
    agent.put_last?.code === code;
  const bobTakesIt = async (...before: string[]) => {
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'bob');
    const at = before.length > 0 ? 1 : 0;
    await decisionOn(scene, 'sales', call, [
      ...before,
      `${at} ringing 180`,
      `${at} answered 200`,
      `${at} ended`,
    ]);
    await agentWhen(scene, 'bob', isFree);
  };

  for (const [what, code, outcomes] of [
    ['rings in vain', 'no_answer', ['0 ringing 180', '0 failed 408']],
    ['is silent', 'unreachable', ['0 failed 408']],
    ['declines', 'no_answer', ['0 failed 603']],
  ] as const) {
    await t.test(`whose phone ${what}`, async (t) => {
      if (what === 'rings in vain') await alice.takesCalls({ ring: true });
      if (what === 'declines') await alice.takesCalls({ refuse: 603 });
      const silence = what === 'is silent' ? await alice.isSilent() : undefined;
      await bobTakesIt(...outcomes);
      await agentWhen(scene, 'alice', isPutLast(code));
      await bobTakesIt();

      // Who takes a call is there again.
      await silence?.kill();
      await alice.takesCalls({ answer: 10 });
      t.equal((await scene.call('alice')).answeredBy, 'alice');
      await agentWhen(scene, 'alice', (agent) => agent.put_last === null && isFree(agent));
      t.equal((await scene.call('sales')).answeredBy, 'alice');
      await agentWhen(scene, 'alice', isFree);
    });
  }
  t.same(scene.registrar.warnings(), []);
});

import t from 'tap';
import { agentWhen, isBusy, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';
import type { Decision } from '../../support/decision.js';
import { until } from '../../support/until.js';

// A service that is restarted must not take those for busy whose calls have ended meanwhile: nobody would call them for hours.
t.test('calls that end while the service is dead: their agents are free when it is back', async (t) => {
  const scene = await sceneInBypass(t);
  const agents = ['alice', 'bob'];
  for (const agent of agents) await scene.phone(agent, { answer: 0 });
  const calls = agents.map(() => scene.call('sales', { hold_ms: 6_000 }));
  for (const agent of agents) await agentWhen(scene, agent, isBusy);
  const decided = await until('the answers to be in Postgres', async () => {
    const { decisions } = await scene.api<{ decisions: Decision[] }>('GET', '/v1/decisions?limit=2');
    return decisions.every((one) => became(one, 'answered')) ? decisions : undefined;
  });
  t.equal(decided.length, agents.length);
  t.notOk(decided.some((one) => became(one, 'ended')));

  await scene.understudy.kill9();
  for (const { status } of await Promise.all(calls)) t.equal(status, 200);
  await scene.startUnderstudyAgain();

  for (const agent of agents) {
    await agentWhen(scene, agent, isFree);
    t.pass(`${agent} is free`);
  }
  t.match(scene.registrar.log(), /understudy=outcome_kept/);
  for (const { id } of decided) {
    await scene.decisionWhen<Decision>(id, (one) => became(one, 'ended'));
  }
  t.strictSame(
    scene.registrar.warnings().filter((line) => !line.includes('http_async_client')),
    [],
  );
});

function became({ outcomes }: Decision, what: string): boolean {
  return outcomes.some(({ event }) => event === what);
}

import t from 'tap';
import { type AgentLine, agentWhen, isBusy, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';

/** Longer than a registrar takes to start again. */
const TALK_MS = 10_000;

// A registrar that has lost its memory can't tell how its calls end.
t.test('the registrar is killed and started again: its agents count as free', async (t) => {
  const scene = await sceneInBypass(t, { agents: { alice: { sales: 1 } } });
  await scene.phone('alice', { answer: 10 });
  const call = scene.call('sales', { hold_ms: TALK_MS });
  // A registrar tells its start to the second: of the last two before it nobody knows to which life a call belongs.
  const isOld = ({ since }: AgentLine) => Date.now() - Date.parse(since ?? '') > 2_500;
  await agentWhen(scene, 'alice', (agent) => isBusy(agent) && isOld(agent));

  await scene.registrar.kill();
  await scene.registrar.startAgain();
  await agentWhen(scene, 'alice', isFree);

  await t.test('and are in a call again when they take the next', async (t) => {
    const next = scene.call('sales', { hold_ms: 1_000 });
    await agentWhen(scene, 'alice', isBusy);
    t.match(await next, { status: 200, answeredBy: 'alice' });
    await agentWhen(scene, 'alice', isFree);
  });
  t.match(await call, { status: 200, answeredBy: 'alice' });
});

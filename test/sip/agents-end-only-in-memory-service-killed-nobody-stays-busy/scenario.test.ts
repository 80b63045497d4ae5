import t from 'tap';
import { agentWhen, isBusy, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';
import type { Decision } from '../../support/decision.js';
import { until } from '../../support/until.js';

// What is only in the service's memory dies with it: so the registrar keeps what was answered 202, and tells it again.
t.test(
  'a call ends while Postgres is away, and the service is killed: its agent is free all the same',
  async (t) => {
    const scene = await sceneInBypass(t, { agents: { alice: { sales: 1 } }, durable: true });
    await scene.phone('alice', { answer: 10 });
    const call = scene.call('sales', { hold_ms: 6_000 });
    await agentWhen(scene, 'alice', isBusy);
    const { id = '' } = await until('the answer to be in Postgres', async () => {
      const { decisions } = await scene.api<{ decisions: Decision[] }>('GET', '/v1/decisions?limit=1');
      return decisions.find((one) => became(one, 'answered'));
    });
    await scene.postgres?.kill9();
    t.match(await call, { status: 200, answeredBy: 'alice' });
    await agentWhen(scene, 'alice', isFree);
    await until('the registrar to keep the end', () => /understudy=outcome_kept/.test(scene.registrar.log()));
    await scene.understudy.kill9();
    await scene.postgres?.start();
    await scene.startUnderstudyAgain();
    t.match(await agentWhen(scene, 'alice', isFree), { call_id: null });
    t.ok(became(await scene.decisionWhen<Decision>(id, (one) => became(one, 'ended')), 'answered'));
    t.strictSame(
      scene.registrar.warnings().filter((line) => !line.includes('http_async_client')),
      [],
    );
  },
);

function became({ outcomes }: Decision, what: string): boolean {
  return outcomes.some(({ event }) => event === what);
}

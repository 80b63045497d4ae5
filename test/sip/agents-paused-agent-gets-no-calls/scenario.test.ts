import t from 'tap';
import { agentWhen, isFree, sceneInBypass } from '../../support/agents-in-bypass.js';
import { DOMAIN } from '../../support/scene.js';

const PAUSE = `/v1/contact-centers/${DOMAIN}/agents/alice/pause`;

t.test('a paused agent gets no calls of skillsets, but those to the own address', async (t) => {
  const scene = await sceneInBypass(t, { agents: { alice: { sales: 1 }, bob: { sales: 2 } } });
  const alice = await (await scene.phone('alice')).takesCalls({ answer: 10 });
  await scene.phone('bob', { answer: 10 });
  const answeredBy = async (user: string) => {
    const { answeredBy } = await scene.call(user);
    await agentWhen(scene, answeredBy ?? '', isFree);
    return answeredBy;
  };

  t.equal(await answeredBy('sales'), 'alice');
  await scene.api('PUT', PAUSE, { reason: 'lunch', by: 'ops', expires_in_seconds: 600 });
  t.equal(await answeredBy('sales'), 'bob');
  t.equal(alice.count('received', 'INVITE'), 1);
  t.equal(await answeredBy('alice'), 'alice');

  await scene.api('DELETE', PAUSE);
  t.equal(await answeredBy('sales'), 'alice', 'resumed');

  await scene.api('PUT', PAUSE, { reason: 'a moment', by: 'ops', expires_in_seconds: 1 });
  await agentWhen(scene, 'alice', ({ paused }) => paused === null);
  t.equal(await answeredBy('sales'), 'alice', 'the pause has expired by itself');
  t.same(scene.registrar.warnings(), []);
});

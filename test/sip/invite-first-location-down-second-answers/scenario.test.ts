import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

// B3, B4: a contact center may have several locations; all of them come before any agent.
t.test('the first location is down: the second answers', async (t) => {
  const scene = await Scene.open(t, { locations: 2 });
  const alice = await (await scene.phone('alice')).takesCalls({ answer: 10 });
  const second = await scene.contactCenter({ answer: 10 }, 1);

  await t.test('when it is silent', async (t) => {
    const silence = await scene.silent(scene.locationPorts[0] ?? 0);
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'contact-center-2');
    t.ok(call.ms >= 1_900 && call.ms < 20_000, `after ${call.ms} ms`);
    await decisionOn(scene, 'sales', call, ['0 failed 408', '1 ringing 180', '1 answered 200', '1 ended']);
    await silence.kill();
  });

  await t.test('when it fails', async (t) => {
    await scene.contactCenter({ refuse: 503 }, 0);
    t.equal((await scene.call('sales')).answeredBy, 'contact-center-2');
  });

  t.equal(alice.count('received', 'INVITE'), 0);

  await t.test('both are down: the agent answers', async (t) => {
    await second.kill();
    await scene.contactCenter({ refuse: 503 }, 1);
    t.equal((await scene.call('sales')).answeredBy, 'alice');
  });

  t.same(scene.registrar.warnings(), []);
});

import t from 'tap';
import { healthWhen, probed } from '../../support/health.js';
import { Scene } from '../../support/scene.js';

// Active evidence alone: the registrar's OPTIONS are no longer answered, and nobody has called.
t.test('a contact center that is killed is bypassed before anybody calls', async (t) => {
  const scene = await Scene.open(t, { health: true });
  await scene.phone('alice', { answer: 10 });
  const contactCenter = await scene.contactCenter({ answer: 10 });
  await probed(scene);

  await contactCenter.kill();
  const killed = Date.now();
  const { bypass_since, locations } = await healthWhen(scene, ({ bypass }) => bypass);
  const after = Date.parse(bypass_since ?? '') - killed;
  t.comment(`in bypass ${after} ms after it was killed`);
  t.ok(after < 20_000, `after ${after} ms`);
  t.match(locations, [{ state: 'down', share: 0, code: 'probe_failed', hold_until: null }]);

  const { answeredBy, ms } = await scene.call('sales');
  t.equal(answeredBy, 'alice');
  t.ok(ms < 1_900, `after ${ms} ms: the caller loses nothing`);

  await t.test('also when the service was dead meanwhile', async () => {
    const back = await scene.contactCenter({ answer: 10 });
    await probed(scene);
    await scene.understudy.kill9();
    await back.kill();
    await scene.startUnderstudyAgain();
    await healthWhen(scene, ({ locations }) => locations[0].code === 'probe_failed');
  });

  t.strictSame(
    scene.registrar.warnings().filter((line) => !/http_async_client/.test(line)),
    [],
  );
});

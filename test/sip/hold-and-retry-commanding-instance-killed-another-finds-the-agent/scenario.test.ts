import t from 'tap';
import { startRedis } from '../../support/redis.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

// kill -9: it had no time to tell anybody who waits.
t.test('who commands is killed while a caller hears the music: another one finds the agent', async (t) => {
  const redis = await startRedis(t);
  const scene = await Scene.open(t, {
    holdSeconds: 60,
    standIn: true,
    serviceEnv: { REDIS_URL: redis.url },
  });
  const commands = /this instance commands the registrars/;
  t.match(scene.understudy.logs(), commands);
  const standIn = await scene.startStandIn();
  await scene.contactCenter({ refuse: 503 });
  const treatment = await scene.treatment({ hold: true });
  const bob = await (await scene.phone('bob')).takesCalls({ answer: 500 });

  const first = scene.call('sales', { hold_ms: 5_000 });
  await until('the first call to be answered', () => bob.count('received', 'ACK') === 1);
  const second = scene.call('sales');
  await until('the music', () => treatment.count('sent', '183') === 1);
  t.notMatch(standIn.logs(), commands);
  await scene.understudy.kill9();

  t.equal((await first).answeredBy, 'bob');
  const { status, answeredBy } = await second;
  t.same({ status, answeredBy }, { status: 200, answeredBy: 'bob' });
  t.match(standIn.logs(), commands);
});

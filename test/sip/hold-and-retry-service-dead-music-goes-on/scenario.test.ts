import t from 'tap';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

t.test('the service dies while a caller is on hold: the music goes on to its end', async (t) => {
  const scene = await Scene.open(t, { holdSeconds: 10 });
  await scene.contactCenter({ refuse: 503 });
  const treatment = await scene.treatment({ hold: true });
  const phone = await scene.phone('bob');
  await phone.unregister();
  const calling = scene.call('sales');
  await until('the music', () => treatment.count('sent', '183') === 1);
  await scene.understudy.kill9();

  const bob = await phone.takesCalls({ answer: 10 });
  t.equal((await phone.register()).status, 200);
  const call = await calling;
  t.equal(call.status, 480);
  t.ok(call.ms >= 9_900, `after ${call.ms} ms`);
  t.equal(bob.count('received', 'INVITE'), 0);
  await until('the music to stop', () => treatment.count('received', 'ACK') === 1);
});

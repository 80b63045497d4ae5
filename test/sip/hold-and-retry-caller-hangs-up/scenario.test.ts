import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

const GIVES_UP = new URL('./gives-up-on-hold.xml', import.meta.url).pathname;

t.test('a caller on hold gives up', async (t) => {
  const scene = await Scene.open(t, { holdSeconds: 50, ringSeconds: 30 });
  await scene.contactCenter({ refuse: 503 });
  const treatment = await scene.treatment({ hold: true });

  await t.test('while the music plays', async (t) => {
    const call = await scene.call('sales', { scenario: GIVES_UP });
    t.equal(call.status, 487);
    await decisionOn(scene, 'sales', call, ['0 failed 503', '1 ringing 183', '1 canceled 487']);
    await until('the music to stop', () => treatment.count('received', 'ACK') === 1);
  });

  await t.test('while an agent rings', async (t) => {
    const calling = scene.call('sales', { scenario: GIVES_UP, hold_ms: 5_000 });
    await until('the music', () => treatment.count('sent', '183') === 2);
    const bob = await scene.newPhone('bob');
    const rings = await bob.takesCalls({ ring: true });
    await bob.register();
    const call = await calling;
    t.equal(call.status, 487);
    await decisionOn(scene, 'sales', call, [
      '0 failed 503',
      '1 ringing 183',
      '1 canceled 487',
      '2 ringing 180',
      '2 canceled 487',
    ]);
    await until('the phone to stop', () => rings.count('received', 'ACK') === 1);
    await until('the music to stop', () => treatment.count('received', 'ACK') === 2);
    t.equal(rings.count('received', 'INVITE'), 1, 'the caller before was not called back');

    await bob.takesCalls({ answer: 10 });
    t.equal((await scene.call('sales')).answeredBy, 'bob', 'who rang in vain is free again');
  });

  t.same(scene.registrar.warnings(), []);
});

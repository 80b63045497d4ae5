import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

t.test('agents who register and do not take the call leave the caller to the music', async (t) => {
  const scene = await Scene.open(t, { holdSeconds: 50, ringSeconds: 1, document: { put_last_seconds: 60 } });
  await scene.contactCenter({ refuse: 503 });
  const treatment = await scene.treatment({ hold: true });
  const calling = scene.call('sales');
  await until('the music', () => treatment.count('sent', '183') === 1);

  const bob = await scene.newPhone('bob');
  const rings = await bob.takesCalls({ ring: true });
  await bob.register();
  await until('bob to be told to stop', () => rings.count('received', 'ACK') === 1);

  const alice = await scene.newPhone('alice');
  const declines = await alice.takesCalls({ refuse: 603 });
  await alice.register();
  await until('alice to decline', () => declines.count('received', 'ACK') === 1);
  t.equal(treatment.count('received', 'CANCEL'), 0, 'a 603 of one agent is no word on the whole call');

  await scene.phone('carol', { answer: 10 });
  const call = await calling;
  t.equal(call.answeredBy, 'carol');
  await decisionOn(scene, 'sales', call, [
    '0 failed 503',
    '1 ringing 183',
    '2 ringing 180',
    '2 failed 408',
    '3 failed 603',
    '4 ringing 180',
    '4 answered 200',
    '4 ended',
  ]);
  const heard = call.messages.filter((m) => m.direction === 'received').map((m) => m.kind);
  t.same(heard, ['100', '183', '200', '200'], 'music until an agent answers');
  t.equal(rings.count('received', 'INVITE'), 1, 'who did not answer is put last');
  t.same(scene.registrar.warnings(), []);
});

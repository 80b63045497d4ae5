import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

// B3: the first answer ends the search, however long the call then lasts.
t.test('an answered call stays where it is', async (t) => {
  const scene = await Scene.open(t, { ringSeconds: 1 });
  await scene.contactCenter({ refuse: 503 });
  const bob = await (await scene.phone('bob')).takesCalls({ answer: 10 });
  const alice = await (await scene.phone('alice')).takesCalls({ answer: 10 });
  const treatment = await scene.treatment();

  // Longer than a target may be silent, and than one may ring.
  const call = await scene.call('sales', { hold_ms: 3_000 });

  t.equal(call.answeredBy, 'alice');
  await decisionOn(scene, 'sales', call, ['0 failed 503', '1 ringing 180', '1 answered 200', '1 ended']);
  t.equal(alice.count('received', 'INVITE'), 1);
  t.equal(alice.count('received', 'ACK'), 1);
  t.equal(alice.count('received', 'CANCEL'), 0);
  t.equal(alice.count('received', 'BYE'), 1);
  t.equal(bob.count('received', 'INVITE'), 0);
  t.equal(treatment.count('received', 'INVITE'), 0);
  t.same(scene.registrar.warnings(), []);
});

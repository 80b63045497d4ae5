import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

// Groups of two ring at once; the next group when nobody of the first takes the call.
t.test('agents of a simultaneous skillset ring in groups', async (t) => {
  const level = { sales: 1 };
  const scene = await Scene.open(t, {
    agents: { alice: level, bob: level, carol: level, dave: level },
    document: {
      skillsets: [
        { name: 'sales', treatment: 'hold-music', ring_seconds: 1, order: 'simultaneous', group_size: 2 },
      ],
      put_last_seconds: 0,
    },
  });
  await scene.contactCenter({ refuse: 503 });
  await scene.treatment();
  const alice = await scene.phone('alice');
  const bob = await scene.phone('bob');
  const carol = await scene.phone('carol');
  await scene.phone('dave', { refuse: 486 });

  await t.test('the first who answers has the call, the other stops ringing', async (t) => {
    const first = await alice.takesCalls({ ring: true });
    await bob.takesCalls({ answer: 10 });
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'bob');
    t.equal(first.count('received', 'INVITE'), 1);
    t.equal(first.count('received', 'CANCEL'), 1);
    await decisionOn(scene, 'sales', call, [
      '0 failed 503',
      '1 ringing 180',
      '2 ringing 180',
      '2 answered 200',
      '2 ended',
    ]);
  });

  // Bob has had a call: the others have been idle for longer, so now it is alice and carol, then dave and bob.
  await t.test('nobody of the first group takes it: the second group rings', async (t) => {
    await alice.takesCalls({ refuse: 486 });
    const ringing = await carol.takesCalls({ ring: true });
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'bob');
    t.equal(ringing.count('received', 'CANCEL'), 1);
    await decisionOn(scene, 'sales', call, [
      '0 failed 503',
      '1 failed 486',
      '2 ringing 180',
      '2 failed 408',
      '3 failed 486',
      '4 ringing 180',
      '4 answered 200',
      '4 ended',
    ]);
  });

  await t.test('one of the group is silent: the others are waited for all the same', async (t) => {
    await alice.isSilent();
    await carol.takesCalls({ refuse: 603 });
    await bob.takesCalls({ refuse: 480 });
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'hold-music');
    await decisionOn(scene, 'sales', call, [
      '0 failed 503',
      '1 failed 408',
      '2 failed 603',
      '3 failed 486',
      '4 failed 480',
      '5 ringing 180',
      '5 answered 200',
      '5 ended',
    ]);
  });

  t.same(scene.registrar.warnings(), []);
});

import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

// B4, B7: a treatment has an address of its own, bound to the contact center first and then to the treatment's system.
t.test(
  'a call to a treatment reaches the contact center, and the treatment itself when that is down',
  async (t) => {
    const scene = await Scene.open(t);
    const alice = await (await scene.phone('alice')).takesCalls({ answer: 10 });
    const contactCenter = await scene.contactCenter({ answer: 10 });
    const treatment = await scene.treatment();

    const first = await scene.call('hold-music');
    t.equal(first.answeredBy, 'contact-center');
    t.equal(treatment.count('received', 'INVITE'), 0);

    await contactCenter.kill();
    await scene.contactCenter({ refuse: 503 });
    const second = await scene.call('hold-music');
    t.equal(second.answeredBy, 'hold-music');
    await decisionOn(scene, 'hold-music', second, [
      '0 failed 503',
      '1 ringing 180',
      '1 answered 200',
      '1 ended',
    ]);

    t.same(scene.registrar.warnings(), []);
    await scene.understudy.kill9();
    t.equal((await scene.call('hold-music')).answeredBy, 'hold-music', 'and without the service');
    t.equal(alice.count('received', 'INVITE'), 0, 'no agent is meant');
  },
);

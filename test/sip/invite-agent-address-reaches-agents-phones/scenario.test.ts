import t from 'tap';
import { decisionOn } from '../../support/decision.js';
import { Scene } from '../../support/scene.js';

// B3, B4, B10: an agent's own address is bound to the contact center first and then to all of the agent's phones.
t.test(
  "a call to an agent reaches the contact center, and the agent's phones when that is down",
  async (t) => {
    const scene = await Scene.open(t);
    const desk = await scene.phone('alice');
    const mobile = await (await scene.phone('alice')).takesCalls({ answer: 10 });
    const bob = await (await scene.phone('bob')).takesCalls({ answer: 10 });
    let phone = await desk.takesCalls({ answer: 10 });

    const contactCenter = await scene.contactCenter({ answer: 10 });
    t.equal((await scene.call('alice')).answeredBy, 'contact-center');
    t.equal(phone.count('received', 'INVITE') + mobile.count('received', 'INVITE'), 0);
    await contactCenter.kill();
    await scene.contactCenter({ refuse: 503 });

    await t.test('the phone that registered first', async (t) => {
      const call = await scene.call('alice');
      t.equal(call.answeredBy, 'alice');
      t.equal(phone.count('received', 'INVITE'), 1);
      t.equal(mobile.count('received', 'INVITE'), 0);
      await decisionOn(scene, 'alice', call, ['0 failed 503', '1 ringing 180', '1 answered 200', '1 ended']);
    });

    await t.test('then the other', async (t) => {
      phone = await desk.takesCalls({ refuse: 486 });
      const call = await scene.call('alice');
      t.equal(call.answeredBy, 'alice');
      t.equal(phone.count('received', 'INVITE'), 1);
      t.equal(mobile.count('received', 'INVITE'), 1);
    });

    await t.test('and without the service in the same order', async (t) => {
      t.same(scene.registrar.warnings(), []);
      await scene.understudy.kill9();
      const call = await scene.call('alice');
      t.equal(call.answeredBy, 'alice');
      t.equal(phone.count('received', 'INVITE'), 2);
      t.equal(mobile.count('received', 'INVITE'), 2);
    });

    t.equal(bob.count('received', 'INVITE'), 0, 'a colleague is not meant');
  },
);

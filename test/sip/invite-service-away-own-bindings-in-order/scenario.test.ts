import t, { type Test } from 'tap';
import { decisionOn } from '../../support/decision.js';
import type { Fault } from '../../support/faulty-wire.js';
import { givesUpWhileAsked } from '../../support/gives-up.js';
import { Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';
import { until } from '../../support/until.js';

const CANCEL_AT_ONCE = new URL('./cancel-at-once.xml', import.meta.url).pathname;
/** The 300 ms that a hung service may cost a caller, with room for a busy machine. */
const LOST_MS = 3_000;

const FAULTS: readonly Fault[] = ['slow', '500', 'garbage', 'wrong json'];

// B2, B3, B4 and invariant 1: no call depends on the service.
t.test('whatever the service does, calls go by the bindings that the registrar holds', async (t) => {
  const scene = await Scene.open(t, { wire: true });
  await scene.treatment({ refuse: 503 });
  const alice = await scene.phone('alice');
  const bob = await scene.phone('bob');

  const play = (title: string) =>
    t.test(title, async (t) => {
      await bob.takesCalls({ answer: 10 });
      await contactCenterFirst(t);
      const contactCenter = await scene.contactCenter({ refuse: 503 });
      await failsOver(t);
      await canBeCanceled(t);
      await endsWithTheBestCode(t);
      await contactCenter.kill();
    });

  const contactCenterFirst = async (t: Test) => {
    const contactCenter = await scene.contactCenter({ answer: 10 });
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'contact-center');
    t.ok(call.ms < LOST_MS, `after ${call.ms} ms`);
    await contactCenter.kill();
  };

  const failsOver = async (t: Test) => {
    const phone = await alice.takesCalls({ refuse: 603 });
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'bob');
    t.ok(call.ms < LOST_MS, `after ${call.ms} ms`);
    t.equal(phone.count('received', 'INVITE'), 1);
  };

  const canBeCanceled = async (t: Test) => {
    const ringing = await alice.takesCalls({ ring: true });
    const next = await bob.takesCalls({ refuse: 503 });
    t.equal((await scene.call('sales', { scenario: 'cancel' })).status, 487);
    await until("alice's phone to be told", () => ringing.count('received', 'CANCEL') === 1);
    t.equal(next.count('received', 'INVITE'), 0);
  };

  const endsWithTheBestCode = async (t: Test) => {
    await alice.takesCalls({ refuse: 486 });
    t.equal((await scene.call('sales')).status, 486);
  };

  for (const fault of FAULTS) {
    scene.wire.fault = fault;
    await play(fault);
  }
  scene.wire.fault = 'none';

  scene.understudy.freeze();
  await play('frozen');
  await t.test(
    'frozen: a caller who gives up while it is asked is heard, and nobody is called',
    async (t) => {
      const contactCenter = await scene.contactCenter({ answer: 10 });
      const call = await givesUpWhileAsked(scene, CANCEL_AT_ONCE);
      t.equal(call.status, 487);
      t.ok(call.ms < 300, `after ${call.ms} ms`);
      // the next call is asked about later, so by its end the first one's question has run out as well
      t.equal((await scene.call('sales')).answeredBy, 'contact-center');
      const called = contactCenter.messages().filter(({ direction }) => direction === 'received');
      t.notOk(called.some((message) => header(message, 'Call-ID') === call.callId));
      await contactCenter.kill();
    },
  );
  scene.understudy.thaw();

  await t.test('awake again, it decides again', async (t) => {
    await bob.takesCalls({ answer: 10 });
    await until('nobody to be kept free for calls of which it knows, since it was only slow', async () => {
      const { agents } = await scene.api<{ agents: { name: string; activity: string }[] }>(
        'GET',
        '/v1/agents',
      );
      return agents.every(({ name, activity }) => name === 'carol' || activity === 'free');
    });
    const contactCenter = await scene.contactCenter({ refuse: 503 });
    const expected = ['0 failed 503', '1 failed 486', '2 ringing 180', '2 answered 200', '2 ended'];
    const call = await scene.call('sales');
    t.equal(call.answeredBy, 'bob');
    await decisionOn(scene, 'sales', call, expected);
    await contactCenter.kill();
  });

  await scene.understudy.kill9();
  await play('dead');
});

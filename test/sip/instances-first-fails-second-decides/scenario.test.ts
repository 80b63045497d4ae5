import t, { type Test } from 'tap';
import { givesUpWhileAsked } from '../../support/gives-up.js';
import { decided, forgetFailed, isPutLast, triedAgain } from '../../support/instances.js';
import { Scene } from '../../support/scene.js';
import { type CallResult, header } from '../../support/sipp.js';

const CANCEL_SOON = new URL('./cancel-soon.xml', import.meta.url).pathname;
/** The 300 ms that the questions may cost a caller, with room for a busy machine. */
const LOST_MS = 3_000;
/** Of five branches two questions take two, the contact center one and the treatment one. */
const BRANCHES = 5;

// Invariants 1 and 2: the second instance decides when the first can't, within the time that a question may take.
t.test('whatever the first instance does, the second decides', async (t) => {
  const scene = await Scene.open(t, { wire: true, standIn: true, maxBranches: BRANCHES });
  await scene.contactCenter({ refuse: 503 });
  await scene.treatment();
  const alice = await (await scene.phone('alice')).takesCalls({ refuse: 486 });
  const bob = await (await scene.phone('bob')).takesCalls({ refuse: 486 });
  const agentsCalled = ({ callId }: CallResult) =>
    [...alice.messages(), ...bob.messages()].filter(
      (message) =>
        message.direction === 'received' &&
        message.kind === 'INVITE' &&
        header(message, 'Call-ID') === callId,
    ).length;
  const standIn = await scene.startStandIn();
  const away = () => scene.registrar.log().split('understudy=away method=INVITE').length - 1;

  await t.test('all is well: the first one decides', async (t) => {
    await scene.call('sales');
    t.equal(await decided(standIn.url), 0);
  });

  const secondDecides = async (t: Test) => {
    await forgetFailed(scene.registrar);
    const before = await decided(standIn.url);
    const awayBefore = away();
    const asked = await scene.call('sales');
    t.equal(asked.answeredBy, 'hold-music', 'the treatment has a branch, though there were two questions');
    t.ok(asked.ms < LOST_MS, `after ${asked.ms} ms`);
    t.equal(await decided(standIn.url), before + 1);
    t.equal(agentsCalled(asked), 1);
    t.ok(await isPutLast(scene.registrar, 1));
    const next = await scene.call('sales');
    t.comment(`${asked.ms} ms with two questions, ${next.ms} ms with the first instance put last`);
    t.equal(await decided(standIn.url), before + 2);
    t.equal(away(), awayBefore, 'somebody has decided');
  };

  for (const fault of ['slow', '500', 'garbage', 'wrong json'] as const) {
    scene.wire.fault = fault;
    await t.test(fault, secondDecides);
  }
  scene.wire.fault = 'none';
  scene.understudy.freeze();
  await t.test('frozen', secondDecides);
  scene.understudy.thaw();

  await t.test('well again, the first one is asked again, without a call that finds out', async (t) => {
    await triedAgain(scene.registrar, 1);
    const before = await decided(standIn.url);
    t.equal((await scene.call('sales')).answeredBy, 'hold-music');
    t.equal(await decided(standIn.url), before);
  });

  await t.test(
    'a caller who gives up while the second is asked is heard, and nobody is called',
    async (t) => {
      scene.wire.fault = '500';
      standIn.freeze();
      const call = await givesUpWhileAsked(scene, CANCEL_SOON);
      t.equal(call.status, 487);
      t.ok(call.ms < 300, `after ${call.ms} ms`);
      t.equal(agentsCalled(call), 0);
      standIn.thaw();
      scene.wire.fault = 'none';
    },
  );

  await scene.understudy.kill9();
  await t.test('dead', secondDecides);

  await t.test(
    'both dead: by the bindings that the registrar holds, and the treatment has a branch',
    async (t) => {
      await standIn.kill9();
      await forgetFailed(scene.registrar);
      const awayBefore = away();
      const call = await scene.call('sales');
      t.equal(call.answeredBy, 'hold-music');
      t.ok(call.ms < LOST_MS, `after ${call.ms} ms`);
      t.equal(agentsCalled(call), 1);
      t.equal(away(), awayBefore + 1);
    },
  );
});

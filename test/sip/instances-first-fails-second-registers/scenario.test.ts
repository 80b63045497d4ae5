import t, { type Test } from 'tap';
import { ofPhone } from '../../support/holds.js';
import { forgetFailed, isPutLast } from '../../support/instances.js';
import { Scene } from '../../support/scene.js';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];

// B10 and invariant 1: a phone that nobody knows yet gets all its registrations from the second instance.
t.test('whatever the first instance does, the second says what a REGISTER leads to', async (t) => {
  const agents = Object.fromEntries(NAMES.map((name, i) => [name, { sales: i + 1, support: 6 - i }]));
  const scene = await Scene.open(t, { edge: true, wire: true, standIn: true, agents });
  await scene.startStandIn();
  const edge = scene.edge as NonNullable<typeof scene.edge>;

  const registers = async (t: Test, name: string) => {
    await forgetFailed(edge);
    const began = Date.now();
    const phone = await scene.phone(name);
    t.comment(`answered after ${Date.now() - began} ms, SIPp's start included`);
    for (const user of [name, 'sales', 'support']) {
      await scene.heldWhen(user, (all) => ofPhone(all, phone).length === 1);
    }
    t.ok(await isPutLast(edge, 1));
    t.notMatch(edge.log(), /understudy=away/);
  };

  for (const [i, fault] of (['very slow', '500', 'garbage', 'wrong json'] as const).entries()) {
    scene.wire.fault = fault;
    await t.test(fault, (t) => registers(t, NAMES[i] as string));
  }
  scene.wire.fault = 'none';
  scene.understudy.freeze();
  await t.test('frozen', (t) => registers(t, 'erin'));
  scene.understudy.thaw();
  await scene.understudy.kill9();
  await t.test('dead', (t) => registers(t, 'frank'));
});

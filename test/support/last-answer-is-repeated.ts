import type { Test } from 'tap';
import { haveAged, isRefreshed } from './replays.js';
import { type Phone, Scene, type SceneOptions } from './scene.js';
import { until } from './until.js';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];

/** Whatever the service does, a phone that refreshes gets its 200, and each of its bindings lives on. */
export async function lastAnswerIsRepeated(
  t: Test,
  options: Pick<SceneOptions, 'mode' | 'edge'>,
): Promise<void> {
  const agents = Object.fromEntries(NAMES.map((name, i) => [name, { sales: i + 1, support: 6 - i }]));
  const scene = await Scene.open(t, { ...options, wire: true, agents });
  const phones = await Promise.all(NAMES.map((name) => scene.phone(name)));
  for (const phone of phones) await isAnsweredByTheService(scene, phone);
  await scene.heldWhen('sales', (bindings) => bindings.length === 8);
  await scene.heldWhen('support', (bindings) => bindings.length === 8);
  await haveAged(scene, phones);
  const refreshed = (t: Test, nth: number) => {
    const phone = phones[nth] as Phone;
    return isRefreshed(t, scene, phone, [phone.agent, 'sales', 'support']);
  };

  for (const [i, fault] of (['very slow', '500', 'garbage', 'wrong json'] as const).entries()) {
    await t.test(fault, async (t) => {
      scene.wire.fault = fault;
      await refreshed(t, i);
      scene.wire.fault = 'none';
    });
  }
  await t.test('frozen', async (t) => {
    scene.understudy.freeze();
    await refreshed(t, 4);
    scene.understudy.thaw();
  });
  await t.test('dead', async (t) => {
    await scene.understudy.kill9();
    await refreshed(t, 5);
  });
  await t.test('there again', async (t) => {
    await scene.startUnderstudyAgain();
    await haveAged(scene, phones);
    await refreshed(t, 0);
  });
}

/** On a busy machine the service may have been too slow for the first REGISTER: then there is no answer to repeat yet. */
async function isAnsweredByTheService(scene: Scene, phone: Phone): Promise<void> {
  const taker = scene.edge ?? scene.registrar;
  const away = () => taker.log().split(`understudy=away method=REGISTER call_id=${phone.callId}`).length;
  if (away() === 1) return;
  await until(`an answer of the service to ${phone.agent}`, async () => {
    const before = away();
    await phone.register();
    return away() === before;
  });
}

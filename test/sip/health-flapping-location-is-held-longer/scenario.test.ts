import t from 'tap';
import { healthWhen, probed } from '../../support/health.js';
import { Scene } from '../../support/scene.js';

// Each fall soon after another doubles the hold: a contact center that goes up and down isn't asked every two minutes.
t.test('a location that falls again and again is held for longer each time', async (t) => {
  const scene = await Scene.open(t, {
    health: true,
    document: { health: { hold_seconds: 1, ramp_seconds: 600, longest_hold_seconds: 3 } },
  });
  let contactCenter = await scene.contactCenter({ answer: 10 });
  await probed(scene);

  for (const hold_seconds of [1, 2, 3, 3]) {
    await contactCenter.kill();
    await healthWhen(scene, ({ locations }) => locations[0].state === 'down');
    contactCenter = await scene.contactCenter({ answer: 10 });
    const { locations } = await healthWhen(scene, ({ locations }) => locations[0].code === 'on_hold');
    const [{ since, hold_until }] = locations;
    t.equal(Date.parse(hold_until ?? '') - Date.parse(since ?? ''), hold_seconds * 1_000);
    await healthWhen(scene, ({ locations }) => locations[0].code === 'ramping');
  }
});

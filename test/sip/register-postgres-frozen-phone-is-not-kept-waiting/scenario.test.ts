import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

// Invariants 1 and 7: a commit that takes too long is not waited for longer than Kamailio waits; memory answers.
for (const mode of ['proxy', 'b2bua'] as const) {
  t.test(`${mode}: with Postgres frozen a new phone gets its 200, and all its bindings`, async (t) => {
    const scene = await Scene.open(t, { mode, durable: true });
    await scene.registrarIsKnown();
    const bob = await scene.newPhone('bob');
    scene.postgres?.freeze();

    t.equal((await bob.register()).status, 200);
    await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
    await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${bob.contact} 0.889`, music(scene)]);
    const status = async () => (await scene.api<{ status: string }>('GET', '/readyz')).status;
    t.equal(await status(), 'degraded');
    scene.postgres?.thaw();
    await until('it to be written', async () => (await status()) === 'ready', 30_000);
  });
}

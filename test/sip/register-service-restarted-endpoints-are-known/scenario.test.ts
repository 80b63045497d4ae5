import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

// B1 and invariant 7: what a phone was answered 200 for is in Postgres, a server's or the embedded one.
for (const database of ['server', 'embedded'] as const) {
  t.test(`${database}: after a kill -9 the service knows every endpoint`, async (t) => {
    const dataDir = database === 'embedded' ? await mkdtemp(join(tmpdir(), 'understudy-data-')) : undefined;
    if (dataDir) t.teardown(() => rm(dataDir, { recursive: true, force: true }));
    const scene = await Scene.open(t, dataDir ? { dataDir } : {});
    const alice = await scene.phone('alice');
    const bob = await scene.phone('bob');
    await bob.unregister();

    await scene.understudy.kill9();
    await scene.startUnderstudyAgain();

    const { bindings } = await scene.api<{ bindings: { contact: string; q: number; expires: number }[] }>(
      'GET',
      '/v1/bindings?address=sip:sales@cc.example.com',
    );
    const sales = [atContactCenter(scene, 'sales'), `${alice.contact} 0.899`, music(scene)];
    t.same(
      bindings.map(({ contact, q }) => `${contact} ${q}`),
      sales,
    );
    t.ok(bindings.every(({ expires }) => expires === null || (expires > 200 && expires <= 300)));
    await holds(t, scene, 'sales', sales);
    await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`]);

    t.equal(
      (await alice.register({ cseq: 1, expires: 0 })).status,
      400,
      'the order of CSeq is known as well',
    );
    t.equal((await alice.register({ expires: 0 })).status, 200);
    await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), music(scene)]);
  });
}

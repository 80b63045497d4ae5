import type { Test } from 'tap';
import { atContactCenter, holds, music } from './holds.js';
import type { Scene } from './scene.js';

/** Two phones register, one leaves; the service ends by a kill -9 and starts again: it knows who is there and who isn't. */
export async function knowsItsEndpoints(t: Test, scene: Scene) {
  const alice = await scene.phone('alice');
  const bob = await scene.phone('bob');
  await bob.unregister();

  await scene.understudy.kill9();
  await scene.startUnderstudyAgain();

  const { bindings } = await scene.api<{
    bindings: { contact: string; q: number; expires: number | null }[];
  }>('GET', '/v1/bindings?address=sip:sales@cc.example.com');
  const sales = [atContactCenter(scene, 'sales'), `${alice.contact} 0.899`, music(scene)];
  t.same(
    bindings.map(({ contact, q }) => `${contact} ${q}`),
    sales,
  );
  t.ok(bindings.every(({ expires }) => expires === null || (expires > 100 && expires <= 300)));
  await holds(t, scene, 'sales', sales);
  await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${alice.contact} 0.5`]);

  t.equal((await alice.register({ cseq: 1, expires: 0 })).status, 400, 'the order of CSeq is known as well');
  t.equal((await alice.unregister()).status, 200);
  await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), music(scene)]);
}

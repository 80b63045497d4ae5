import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { DOMAIN, Scene } from '../../support/scene.js';

// B10: an edge that dies, or gives up, with the answer in its hands sends nothing of it; and a network may lose what it sends.
t.test('registrations that never reach the registrar are made up for within seconds', async (t) => {
  const scene = await Scene.open(t);
  await scene.registrarIsKnown();
  const bob = await scene.newPhone('bob');
  const only = (user: string) => [atContactCenter(scene, user), ...(user === 'sales' ? [music(scene)] : [])];
  let cseq = 0;
  const answered = (expires: number) =>
    scene.api('POST', '/v1/register', {
      node: 'edge1',
      aor: `sip:bob@${DOMAIN}`,
      contact: `<${bob.contact}>;expires=${expires}`,
      call_id: bob.callId,
      cseq: ++cseq,
      source_ip: '127.0.0.1',
    });

  await answered(300);
  await holds(t, scene, 'bob', [...only('bob'), `${bob.contact} 0.5`], 'has registered');
  await holds(t, scene, 'sales', only('sales').toSpliced(1, 0, `${bob.contact} 0.889`), 'gets bob');

  await answered(0);
  await holds(t, scene, 'bob', only('bob'), 'has left');
  await holds(t, scene, 'sales', only('sales'), 'loses bob');
});

import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

const DEVICE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";reg-id=1;expires=300';

// B1, B10 and invariant 1: what is repeated for a phone goes to where it is now, not to where it was.
for (const mode of ['proxy', 'b2bua'] as const) {
  t.test(`${mode}: with the service dead a phone that has moved is followed on every address`, async (t) => {
    const scene = await Scene.open(t, { edge: true, mode });
    const phone = await scene.newPhone('alice');
    await phone.register({ contact: `Contact: <${phone.contact}>;${DEVICE}` });
    await holds(t, scene, 'support', [
      atContactCenter(scene, 'support'),
      `${phone.contact} 0.899`,
      music(scene),
    ]);
    await scene.understudy.kill9();
    const moved = 'sip:alice@127.0.0.1:20002;ob';

    t.equal((await phone.register({ contact: `Contact: "Alice" <${moved}>;${DEVICE}` })).status, 200);

    await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${moved} 0.899`, music(scene)]);
    await holds(t, scene, 'support', [atContactCenter(scene, 'support'), `${moved} 0.899`, music(scene)]);
    await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${moved} 0.5`]);
  });
}

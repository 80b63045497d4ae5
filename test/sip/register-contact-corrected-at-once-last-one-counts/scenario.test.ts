import t from 'tap';
import { freePort } from '../../support/free-port.js';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { Sipp } from '../../support/sipp.js';

const SCENARIO = new URL('corrects-itself.xml', import.meta.url).pathname;
const OUTER = 'sip:alice@127.0.0.1:20002';

// B1, B10: what a phone behind NAT does: two REGISTERs within a few milliseconds, the second with another contact of the same
// instance. The registrations of both are on their way to the registrar within the same second.
for (const mode of ['proxy', 'b2bua'] as const) {
  t.test(`${mode}: a contact that is corrected at once is corrected on every address`, async (t) => {
    const scene = await Scene.open(t, { mode });
    const phone = new Sipp({
      scenario: SCENARIO,
      port: await freePort(),
      target: scene.registerTarget,
      keys: {
        aor: `sip:alice@${DOMAIN}`,
        domain: DOMAIN,
        inner: 'sip:alice@10.0.0.7:5060',
        outer: OUTER,
        device: '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";reg-id=1;expires=300',
      },
      args: ['-m', '1', '-timeout', '40s'],
    });
    t.equal(await phone.ended(), 0);

    await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${OUTER} 0.899`, music(scene)]);
    await holds(t, scene, 'support', [atContactCenter(scene, 'support'), `${OUTER} 0.899`, music(scene)]);
    await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${OUTER} 0.5`]);
    t.same(scene.registrar.warnings(), []);
  });
}

import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';

/** `$`, `(` and `)` may stand in the user of a URI (RFC 3261 §25.1). To the script some of these are its settings, keys among them. */
const USER = 'a$def(UNDERSTUDY_URL)$env(PATH)$ru$$du';
const DEVICE = '+sip.instance="<urn:x-test:$def(UNDERSTUDY_NODE)>";reg-id=1';

// Invariant 4: what a phone registers is text, whatever it means in Kamailio's script.
for (const mode of ['proxy', 'b2bua'] as const) {
  t.test(`${mode}: pseudo-variables in what a phone registers are not expanded`, async (t) => {
    const scene = await Scene.open(t, { edge: true, mode });
    const phone = await scene.newPhone('alice');
    const contact = `sip:${USER}@127.0.0.1:${phone.port}`;
    await phone.takesCalls({ answer: 10 });
    const path = '<sip:$ru@127.0.0.9;lr>';

    const sent = {
      contact: `Contact: <${contact}>;${DEVICE};expires=300`,
      callId: '$env(PATH)$(hdr(From){s.len})$avp(understudy_answer)@phone',
    };
    t.equal((await phone.register(sent)).status, 200);
    const isBound = async () => {
      await holds(t, scene, 'sales', [atContactCenter(scene, 'sales'), `${contact} 0.899`, music(scene)]);
      await holds(t, scene, 'alice', [atContactCenter(scene, 'alice'), `${contact} 0.5`]);
      t.match((await scene.held('sales'))[1]?.instance, 'urn:x-test:$def(UNDERSTUDY_NODE)');
    };
    await isBound();
    t.equal((await scene.call('alice')).answeredBy, 'alice');

    t.equal((await phone.register({ ...sent, extra: `Path: ${path}` })).status, 200);
    t.ok((await scene.held('sales'))[1]?.path?.endsWith(`,${path}`));
    await scene.understudy.kill9();
    t.equal((await phone.register(sent)).status, 200);
    await isBound();
    t.equal((await scene.call('alice')).answeredBy, 'alice');
    t.same(scene.registrar.warnings().filter(isNotAway), []);
    t.same(scene.edge?.warnings().filter(isNotAway), []);
  });
}

/** The service was killed. */
function isNotAway(line: string): boolean {
  return !/understudy=away|http_async_client/.test(line);
}

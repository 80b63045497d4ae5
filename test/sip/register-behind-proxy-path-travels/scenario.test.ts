import t from 'tap';
import { FAR_CONTACT, isHeldWith } from '../../support/far-phone.js';
import { Scene } from '../../support/scene.js';

const PATH = 'Path: <sip:192.0.2.77;lr>,\r\n <sip:192.0.2.78:5062;lr;ob>';
/** Only our own nodes may say where a phone was seen. */
const FORGED = 'X-Understudy-Received: sip:192.0.2.66:5060';

// B1, B10: the Path that a REGISTER comes with, folded or not, belongs to each binding, behind the edge if there is one.
for (const options of [{ mode: 'b2bua' }, { mode: 'proxy', edge: true }] as const) {
  t.test(`${options.mode}: a phone behind a proxy of its own is bound with its Path`, async (t) => {
    const scene = await Scene.open(t, options);
    const phone = await scene.newPhone('alice');

    const sent = { contact: FAR_CONTACT, extra: `${PATH}\r\n${FORGED}` };
    t.equal((await phone.register(sent)).status, 200);

    const edge = scene.edge ? `<sip:127.0.0.1:${scene.edge.sipPort};transport=udp;lr>,` : '';
    const path = `${edge}<sip:192.0.2.77;lr>,<sip:192.0.2.78:5062;lr;ob>`;
    await isHeldWith(t, scene, { path, received: null });
  });
}

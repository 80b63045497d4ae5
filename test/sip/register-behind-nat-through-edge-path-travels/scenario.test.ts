import t from 'tap';
import { isHeldWith, isReached, phoneBehindNat } from '../../support/far-phone.js';
import { Scene } from '../../support/scene.js';

// B1, B8, B10, B13: only the edge can reach a phone behind NAT, so each of its bindings has the edge in its Path (RFC 3327),
// which says where the phone was seen.
for (const mode of ['proxy', 'b2bua'] as const) {
  t.test(`${mode}: each binding has the Path through the edge, and calls go that way`, async (t) => {
    const scene = await Scene.open(t, { edge: true, mode });
    const { port } = await phoneBehindNat(t, scene);
    const received = `received=sip:127.0.0.1:${port}%3Btransport%3Dudp`;
    const path = `<sip:127.0.0.1:${scene.edge?.sipPort};transport=udp;lr;${received}>`;
    await isHeldWith(t, scene, { path, received: null });
    await isReached(t, scene);
  });
}

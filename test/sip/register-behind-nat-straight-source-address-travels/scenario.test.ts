import t from 'tap';
import { isHeldWith, isReached, phoneBehindNat } from '../../support/far-phone.js';
import { Scene } from '../../support/scene.js';

// B1, B10: where a phone behind NAT was seen belongs to each of its bindings, and so does its instance (RFC 3581, RFC 5626).
t.test('straight to the registrar: each binding has the source address, and calls go there', async (t) => {
  const scene = await Scene.open(t);
  const { port } = await phoneBehindNat(t, scene);
  await isHeldWith(t, scene, { path: null, received: `sip:127.0.0.1:${port}` });
  await isReached(t, scene);
});

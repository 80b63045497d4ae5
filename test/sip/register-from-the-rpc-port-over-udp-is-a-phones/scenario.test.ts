import t from 'tap';
import { RegisterSocket } from '../../support/register-socket.js';
import { DOMAIN, Scene } from '../../support/scene.js';

// JSON-RPC listens on a TCP port of this node; whoever has its number over UDP is another program on the same machine, and no edge.
t.test('a REGISTER from the number of the RPC port, over UDP, is decided like any phone’s', async (t) => {
  const scene = await Scene.open(t, { kamailioEnv: { UNDERSTUDY_EDGE_SECRET: 'secret' } });
  const before = await scene.registrar.bindings(`sip:sales@${DOMAIN}`);
  const port = Number(new URL(scene.registrar.rpcUrl).port);
  const socket = await RegisterSocket.open(t, scene.registerTarget, { port });

  t.equal((await socket.register({ user: 'sales' })).status, 403, "nobody's own address");
  t.strictSame(await scene.registrar.bindings(`sip:sales@${DOMAIN}`), before);
  t.equal((await socket.register({ user: 'alice' })).status, 200);
  t.strictSame(scene.registrar.warnings(), []);
});

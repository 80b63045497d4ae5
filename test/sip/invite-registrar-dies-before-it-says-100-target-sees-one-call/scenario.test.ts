import t from 'tap';
import { request } from '../../support/flood.js';
import { freePort } from '../../support/free-port.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { readMessage, values } from '../../support/torture-message.js';
import { TortureSocket } from '../../support/torture-socket.js';
import { until } from '../../support/until.js';

// B3: who has heard 100 doesn't ask again; a registrar that died having said it, and having sent nothing, would lose the call.
t.test('100 is said when the target has been sent to; one that asks again is the same call', async (t) => {
  const port = await freePort();
  let answers = false;
  // The caller and the contact center are one socket, at two addresses: what arrives there is in the order in which it was sent.
  const both = await TortureSocket.open((method) => (method === 'INVITE' && answers ? '200 OK' : undefined), {
    address: '0.0.0.0',
    port,
  });
  t.teardown(() => both.close());
  const scene = await Scene.open(t, {
    kamailioEnv: { UNDERSTUDY_CALL_SECRET: 'of this registrar' },
    document: { locations: [{ uri: `sip:127.0.0.2:${port}` }] },
  });
  const invite = request('INVITE', `sip:sales@${DOMAIN}`, '127.0.0.1', port, 0, 'Subject: asked again');
  const call = () => both.send(invite, scene.registrar.sipPort);
  const starts = () => both.received().map((datagram) => readMessage(datagram).start.replace(/;.*/, ''));
  call();
  await until('100', () => starts().some((start) => start.startsWith('SIP/2.0 100')));
  t.same(starts().slice(0, 2), [`INVITE sip:sales@127.0.0.2:${port} SIP/2.0`, 'SIP/2.0 100 Trying']);

  // As if it had died one step before.
  await scene.registrar.kill();
  await scene.registrar.startAgain();
  answers = true;
  call();
  await until('the answer', () => starts().some((start) => start.startsWith('SIP/2.0 200')));
  const branches = both
    .received()
    .map(readMessage)
    .filter(({ start }) => start.startsWith('INVITE'))
    .map((message) => values(message, 'via')[0]);
  t.ok(branches.length > 1);
  t.equal(new Set(branches).size, 1, 'sent again in the same transaction (RFC 3261 §17.2.3)');
  t.same(scene.registrar.warnings(), []);
});

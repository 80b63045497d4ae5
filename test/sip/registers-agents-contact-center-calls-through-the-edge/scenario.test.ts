import t from 'tap';
import { RegisteringContactCenter } from '../../support/registering-contact-center.js';
import { call } from '../../support/sipp.js';

// The contact center calls its agents by its own bindings; a phone that knows of Path (RFC 3327) is reached by the way it came.
t.test('the contact center learns the way back to a phone', async (t) => {
  const center = await RegisteringContactCenter.open(t, { edgeTrustsContactCenter: true });
  const { scene } = center;
  const location = await center.starts();
  const alice = await scene.newPhone('alice');
  await alice.takesCalls({ answer: 10 });
  const path = async () => (await location.bindings('sip:alice@cc.example.com')).map((held) => held.path);

  t.equal((await center.register(alice)).status, 200);
  t.same(await path(), [null], 'a registrar may refuse it from a phone that knows nothing of it');

  t.equal((await center.register(alice, { extra: 'Supported: outbound, path' })).status, 200);
  t.same(await path(), [`<sip:127.0.0.1:${scene.edge?.sipPort};transport=udp;lr>`]);
  const { status, answeredBy, messages } = await call(
    `127.0.0.1:${location.sipPort}`,
    'sip:alice@cc.example.com',
  );
  t.same([status, answeredBy], [200, 'alice']);
  const answer = messages.find(({ kind }) => kind === '200')?.text;
  t.match(answer, `Record-Route: <sip:127.0.0.1:${scene.edge?.sipPort}`, 'through the edge');
  t.same(center.complaints, []);
});

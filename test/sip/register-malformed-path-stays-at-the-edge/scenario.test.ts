import t from 'tap';
import { freePort } from '../../support/free-port.js';
import { Kamailio } from '../../support/kamailio.js';
import { register, Sipp } from '../../support/sipp.js';

const CONTACT = 'Contact: <sip:alice@127.0.0.1:20001>;expires=300';

const MALFORMED = {
  'no bracket at its end': '<sip:192.0.2.77;lr',
  'no bracket at its end, and a whole one after it': '<sip:192.0.2.77;lr, <sip:192.0.2.78;lr>',
  'no brackets': 'sip:192.0.2.77;lr',
  'brackets in brackets': '<sip:192.0.2.77;x=<sip:192.0.2.78>;lr>',
  'a quote that has no end': '"a <sip:192.0.2.77;lr>',
  'a comma at its end': '<sip:192.0.2.77;lr>,',
  'something behind it': '<sip:192.0.2.77;lr> Route',
  'a blank in it': '<sip:192.0.2.77 ;lr>',
};

// Invariant 4: with the service away the script alone sees to it that no malformed Path reaches the registrar.
t.test('a malformed Path stays at the edge', async (t) => {
  const registrar = new Sipp({ scenario: 'registrar', port: await freePort() });
  t.teardown(() => registrar.kill());
  const edge = await Kamailio.start({
    role: 'edge',
    node: 'edge1',
    understudyUrl: `http://127.0.0.1:${await freePort()}`,
    registrarUri: `sip:127.0.0.1:${registrar.port}`,
  });
  t.teardown(() => edge.stop());
  const send = (user: string, path: string, contact = CONTACT) =>
    register(`127.0.0.1:${edge.sipPort}`, `sip:${user}`, { contact, extra: `Path: ${path}` });

  for (const [what, path] of Object.entries(MALFORMED)) {
    t.equal((await send('alice@cc.example.com', path)).status, 400, what);
  }
  t.equal((await send('dora@example.org', '<sip:192.0.2.77;lr')).status, 400, 'of another domain');
  t.equal(
    (await send('alice@cc.example.com', '<sip:192.0.2.77;lr', 'Subject: none')).status,
    400,
    'a question',
  );
  t.equal(registrar.count('received', 'REGISTER'), 0);

  // the service has said that she is an agent
  await edge.rpc('htable.seti', ['understudy_agents', 'sip:alice@cc.example.com', 1]);
  const path = '"A <, B>" <sip:a@192.0.2.77;lr>;x="y,z" ,\r\n <sips:[2001:db8::1]:5062;lr;ob>';
  t.equal((await send('alice@cc.example.com', path)).status, 200, 'a Path that is none of these goes on');
  const [message] = registrar.messages();
  const way = `<sip:127.0.0.1:${edge.sipPort};transport=udp;lr>`;
  t.match(message?.text, `Path: ${way},${path.replace('\r\n', '')}`.replace(' ,  ', ' , '));
});

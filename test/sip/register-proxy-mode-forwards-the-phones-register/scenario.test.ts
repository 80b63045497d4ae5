import t from 'tap';
import { addressOf, EdgeOnTheWire } from '../../support/edge-on-the-wire.js';
import { Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';

// B5, B10, B13: in proxy mode the edge forwards the phone's own REGISTER with the contact center's location added, relays the
// registrar's answer, and sends the additional registrations under Call-IDs of their own.
t.test("the edge forwards the phone's REGISTER, modified, and relays the registrar's answer", async (t) => {
  const scene = await Scene.open(t, { mode: 'proxy' });
  const edge = await EdgeOnTheWire.start(t, scene);
  const phone = await scene.newPhone('alice');

  const { status, response } = await edge.register(phone, 41);

  t.equal(status, 200);
  t.equal(header(response, 'X-Answered-By'), 'registrar', "the answer is the registrar's");
  const [own, ...additional] = await edge.registrations(phone.contact, 3);
  t.equal(header(own, 'Call-ID'), phone.callId);
  t.equal(header(own, 'CSeq'), '41 REGISTER');
  t.equal(header(own, 'User-Agent'), 'SIPp phone', 'the rest of it is as the phone sent it');
  t.equal(
    header(own, 'Contact'),
    `<sip:alice@127.0.0.1:${scene.locationPorts[0]}>;q=1;expires=300, <${phone.contact}>;q=0.5;expires=300`,
  );
  t.equal(header(own, 'Path'), edge.path);
  t.same(additional.map(addressOf).sort(), ['sales', 'support']);
  for (const registration of additional) {
    t.match(header(registration, 'Call-ID'), /@understudy$/);
    t.match(header(registration, 'Contact'), `<${phone.contact}>;q=0.899;expires=300`);
    t.equal(header(registration, 'Path'), edge.path);
  }
  t.same(edge.warnings, []);
});

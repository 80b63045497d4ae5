import t from 'tap';
import { addressOf, EdgeOnTheWire } from '../../support/edge-on-the-wire.js';
import { Scene } from '../../support/scene.js';
import { header } from '../../support/sipp.js';

// B5, B10, B13: in back-to-back mode the edge answers the phone itself and registers on the contact center's behalf.
t.test('the edge answers the phone and registers under Call-IDs of its own', async (t) => {
  const scene = await Scene.open(t, { mode: 'b2bua' });
  const edge = await EdgeOnTheWire.start(t, scene);
  const phone = await scene.newPhone('alice');

  const { status, response, contacts } = await edge.register(phone, 41);

  t.equal(status, 200);
  t.equal(header(response, 'X-Answered-By'), undefined, "the answer is the edge's");
  t.same(contacts, [`<${phone.contact}>;expires=300`], 'the phone sees no binding but its own');
  const atContactCenter = `sip:alice@127.0.0.1:${scene.locationPorts[0]}`;
  const [location] = await edge.registrations(atContactCenter, 1);
  t.equal(location && addressOf(location), 'alice');
  t.equal(header(location, 'Contact'), `<${atContactCenter}>;q=1;expires=300`);
  const ofPhone = await edge.registrations(phone.contact, 3);
  t.same(
    ofPhone.map((registration) => `${addressOf(registration)} ${header(registration, 'Contact')}`).sort(),
    [
      `alice <${phone.contact}>;q=0.5;expires=300`,
      `sales <${phone.contact}>;q=0.899;expires=300`,
      `support <${phone.contact}>;q=0.899;expires=300`,
    ],
  );
  const callIds = [location, ...ofPhone].map((registration) => header(registration, 'Call-ID'));
  t.ok(
    callIds.every((callId) => callId?.endsWith('@understudy')),
    "not the phone's Call-ID",
  );
  t.equal(new Set(callIds).size, 4, 'each has its own');
  t.same(edge.warnings, []);
});

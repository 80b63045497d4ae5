import t from 'tap';
import { placesOf, placeUri } from '../../src/directory/place-uri.js';
import { contactCenter, treatment } from '../support/contact-center.js';

t.test('one place has one spelling', async (t) => {
  for (const [uri, place] of [
    ['sip:192.0.2.10', 'sip:192.0.2.10:5060'],
    ['sip:moh:secret@192.0.2.10:5060;transport=UDP;lr?Subject=x', 'sip:192.0.2.10:5060'],
    ['sip:192.0.2.10;transport=tcp', 'sip:192.0.2.10:5060;transport=tcp'],
    ['sip:192.0.2.10;transport=tls', 'sip:192.0.2.10:5061;transport=tls'],
    ['sips:192.0.2.10', 'sips:192.0.2.10:5061'],
    ['sip:[2001:DB8::1]', 'sip:[2001:db8::1]:5060'],
    ['sip:PBX.example.com', 'sip:pbx.example.com'],
    ['sip:pbx.example.com:5070;transport=udp', 'sip:pbx.example.com:5070;transport=udp'],
    ['sip:pbx.example.com;maddr=192.0.2.10', 'sip:pbx.example.com:5060;maddr=192.0.2.10'],
  ] as const) {
    t.equal(placeUri(uri), place, uri);
    t.equal(placeUri(place), place, place);
  }
});

t.test('the places of a contact center, with the URIs that lead there', async (t) => {
  const center = contactCenter({
    treatments: [treatment(), treatment({ name: 'ivr', uri: 'sip:ivr@192.0.2.30:5070;transport=udp' })],
  });
  t.strictSame(
    placesOf(center),
    new Map([
      ['sip:192.0.2.10:5060', ['sip:192.0.2.10:5060']],
      ['sip:192.0.2.30:5070', ['sip:moh@192.0.2.30:5070', 'sip:ivr@192.0.2.30:5070;transport=udp']],
    ]),
  );
  t.equal(placesOf(center), placesOf(center), 'found once');
});

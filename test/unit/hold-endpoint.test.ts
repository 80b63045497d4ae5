import fc from 'fast-check';
import t from 'tap';
import { holdEndpoint, withoutEdge } from '../../src/register/hold-endpoint.js';
import { endpoint, NOW, registrar } from '../support/contact-center.js';

const FOUR_HOURS = 14_400;
const EDGE = '<sip:192.0.2.5:5060;transport=udp;lr>';
const SEEN = '<sip:192.0.2.5:5060;transport=udp;lr;received=sip:203.0.113.9:5062%3Btransport%3Dudp>';
const PROXY = '<sip:proxy.example.net;lr>';
const ranOut = endpoint('alice', { expires_at: NOW, path: SEEN });

t.test('held from when it ran out, in steps of ten minutes, without the edge', async (t) => {
  const held = holdEndpoint(ranOut, FOUR_HOURS, undefined, NOW + 1_000);
  t.match(held, {
    ...{ held_since: NOW, expires_at: NOW + 601_000, path: null },
    ...{ received: 'sip:203.0.113.9:5062;transport=udp', cseq: 1, registered_at: NOW },
  });
  const on = held && holdEndpoint(held, FOUR_HOURS, undefined, NOW + 600_000);
  t.match(on, { held_since: NOW, expires_at: NOW + 1_200_000, received: held?.received });
  const last = on && holdEndpoint(on, FOUR_HOURS, undefined, NOW + FOUR_HOURS * 1_000 - 1);
  t.equal(last?.expires_at, NOW + FOUR_HOURS * 1_000, 'not longer than it may');
  t.equal(on && holdEndpoint(on, FOUR_HOURS, undefined, NOW + FOUR_HOURS * 1_000), undefined);
  t.equal(holdEndpoint(ranOut, 0, undefined, NOW), undefined, 'none is held');
});

t.test('a phone that registered straight at a registrar has no edge on its way', async (t) => {
  t.match(holdEndpoint(ranOut, FOUR_HOURS, registrar(), NOW), { path: SEEN, received: null });
  t.match(holdEndpoint(ranOut, FOUR_HOURS, registrar({ role: 'edge' }), NOW), { path: null });
});

t.test('the way to the phone without the edge', async (t) => {
  const received = 'sip:198.51.100.7:5060';
  t.same(withoutEdge({ path: null, received }), { path: null, received });
  t.same(withoutEdge({ path: EDGE, received: null }), { path: null, received: null });
  t.same(withoutEdge({ path: EDGE, received }), { path: null, received });
  t.same(
    withoutEdge({ path: `${SEEN},${PROXY}`, received: null }),
    { path: PROXY, received: null },
    'a proxy between edge and phone goes on being used',
  );
});

t.test('never held for longer than allowed, and always for a while when it is held', async () => {
  const seconds = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(seconds, seconds, (allowed, later) => {
      const now = NOW + later * 1_000;
      const held = holdEndpoint(ranOut, allowed, undefined, now);
      if (!held) return later >= allowed;
      return held.expires_at > now && held.expires_at <= NOW + allowed * 1_000;
    }),
  );
});

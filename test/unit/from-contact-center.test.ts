import t from 'tap';
import type { ContactCenter } from '../../src/directory/contact-center.js';
import { type CallSource, fromContactCenter } from '../../src/invite/from-contact-center.js';
import { contactCenter } from '../support/contact-center.js';

const center = (...uris: string[]): ContactCenter =>
  contactCenter({
    locations: uris.map((uri, i) => ({ uri, priority: i + 1, fr_timer_ms: 2_000 })),
  });

const source = (part: Partial<CallSource>): CallSource => ({
  ip: null,
  port: null,
  decidedFor: null,
  ...part,
});

t.test('a call comes from the contact center when it comes from a location of it', async (t) => {
  for (const [uri, ip, port, expected] of [
    ['sip:192.0.2.10:5062', '192.0.2.10', 5062, true],
    ['sip:192.0.2.10:5062', '192.0.2.10', 5060, false],
    ['sip:192.0.2.10:5062', '192.0.2.11', 5062, false],
    ['sip:192.0.2.10', '192.0.2.10', 5060, true],
    ['sip:192.0.2.10', '192.0.2.10', 5061, false],
    ['sips:192.0.2.10', '192.0.2.10', 5061, true],
    ['sip:192.0.2.10;transport=TLS', '192.0.2.10', 5061, true],
    ['sip:192.0.2.10;transport=tcp', '192.0.2.10', 5060, true],
    ['sip:192.0.2.10:5062;transport=tcp', '192.0.2.10', null, true],
    ['sip:192.0.2.10:5062', '192.0.2.99', null, false],
    ['sip:[2001:db8::1]', '2001:DB8:0:0:0:0:0:1', 5060, true],
    ['sip:[2001:db8::1]:5070', '[2001:db8::1]', 5070, true],
    ['sip:[2001:db8::1]', '2001:db8::2', 5060, false],
    ['sip:192.0.2.10', '::ffff:192.0.2.10', 5060, true],
    ['sip:pbx.example.com', '192.0.2.10', null, false],
    ['sip:192.0.2.10', null, 5060, false],
    ['sip:192.0.2.10', 'localhost', null, false],
  ] as const) {
    t.equal(fromContactCenter(center(uri), source({ ip, port })), expected, `${uri} ${ip} ${port}`);
  }
  const two = center('sip:192.0.2.10', 'sip:192.0.2.20');
  t.equal(fromContactCenter(two, source({ ip: '192.0.2.20', port: 5060 })), true, 'any of its locations');
});

t.test('a decision made for the same contact center tells it too', async (t) => {
  const byName = center('sip:pbx.example.com');
  t.equal(fromContactCenter(byName, source({ decidedFor: 'cc.example.com' })), true);
  t.equal(fromContactCenter(byName, source({ decidedFor: 'other.example.com' })), false);
});

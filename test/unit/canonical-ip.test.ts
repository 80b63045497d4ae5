import fc from 'fast-check';
import t from 'tap';
import { canonicalIp } from '../../src/directory/canonical-ip.js';

t.test('an IP address has one spelling', async (t) => {
  t.equal(canonicalIp('[::1]'), '::1');
  t.equal(canonicalIp('0:0::0:1'), '::1');
  t.equal(canonicalIp('::ffff:10.0.0.1'), '10.0.0.1');
  for (const none of ['', 'h', '[10.0.0.1', '10.0.0', 'fe80::1%eth0', '::ffff:10.0.0.1.2', '10.0.0.1\r\n']) {
    t.equal(canonicalIp(none), null, JSON.stringify(none));
  }
});

t.test('property: IPv6 addresses compare however they are written', async (t) => {
  const ipv6 = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(ipv6, (groups) => {
        const long = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
        const canonical = canonicalIp(long.toUpperCase());
        return (
          canonical !== null && canonical === canonicalIp(`[${long}]`) && canonical === canonicalIp(canonical)
        );
      }),
    ),
  );
});

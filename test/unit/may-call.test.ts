import t from 'tap';
import { mayCall } from '../../src/invite/may-call.js';

const CARRIERS = ['198.51.100.0/24', '2001:db8::/32'];

t.test('without networks everybody may call, from nowhere known too', async (t) => {
  t.ok(mayCall(null, '203.0.113.9'));
  t.ok(mayCall(null, null));
});

t.test('with networks only those in them', async (t) => {
  for (const [ip, allowed] of [
    ['198.51.100.4', true],
    ['198.51.101.4', false],
    ['::ffff:198.51.100.4', true],
    ['2001:DB8:1::9', true],
    ['[2001:db8::1]', true],
    ['2001:db9::1', false],
    ['no address', false],
    [null, false],
  ] as const) {
    t.equal(mayCall(CARRIERS, ip), allowed, String(ip));
  }
});

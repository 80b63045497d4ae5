import t from 'tap';
import { Directory } from '../../src/directory/directory.js';
import { replaceContents } from '../../src/directory/replace-contents.js';
import { AddressQueue } from '../../src/kamailio/address-queue.js';
import { compare } from '../../src/kamailio/compare.js';
import type { Held } from '../../src/kamailio/held.js';
import { leftOver } from '../../src/kamailio/left-over.js';
import { Pace } from '../../src/kamailio/pace.js';
import { wantedBindings } from '../../src/kamailio/wanted-bindings.js';
import { contactCenter, DOMAIN, endpoint, NOW, registrar } from '../support/contact-center.js';

const SALES = 'sip:sales@cc.example.com';
const FOR_GOOD = Number.POSITIVE_INFINITY;
const PLAIN = { path: null, received: null };

t.test('missing, different and extra; what a repair makes of each', async (t) => {
  const directory = new Directory();
  directory.putContactCenter(contactCenter());
  directory.putEndpoint(endpoint('alice', { path: '<sip:edge1;lr>' }));
  const held = new Map<string, Held>([
    ['sip:sales@192.0.2.10:5060', { q: 1_000, until: FOR_GOOD, ...PLAIN }],
    ['sip:alice@10.0.0.7:5062', { q: 899, until: NOW + 300_000, ...PLAIN }],
    ['sip:old@192.0.2.9', { q: 500, until: FOR_GOOD, ...PLAIN }],
    ['sip:new@192.0.2.9', { q: 500, until: NOW + 90_400, ...PLAIN }],
  ]);
  const alice = { q: 899, expires: 300, received: null };
  t.strictSame(compare(SALES, held, wantedBindings(directory, SALES, NOW), NOW), [
    {
      ...{ address: SALES, contact: 'sip:moh@192.0.2.30:5070', kind: 'missing', repair: 'put' },
      ...{ wanted: { q: 10, expires: null, ...PLAIN }, held: null },
    },
    {
      ...{ address: SALES, contact: 'sip:alice@10.0.0.7:5062', kind: 'different', repair: 'put' },
      ...{ wanted: { ...alice, path: '<sip:edge1;lr>' }, held: { ...alice, path: null } },
    },
    {
      ...{ address: SALES, contact: 'sip:old@192.0.2.9', kind: 'extra', repair: 'remove' },
      ...{ wanted: null, held: { q: 500, expires: null, ...PLAIN } },
    },
    {
      ...{ address: SALES, contact: 'sip:new@192.0.2.9', kind: 'extra', repair: 'leave' },
      ...{ wanted: null, held: { q: 500, expires: 90, ...PLAIN } },
    },
  ]);
});

t.test('one that only stands in the wrong place of the list', async (t) => {
  const directory = new Directory();
  directory.putContactCenter(contactCenter());
  const wanted = wantedBindings(directory, SALES, NOW);
  const held = wanted.map(({ binding: { contact, q } }): [string, Held] => [
    contact,
    { q, until: FOR_GOOD, ...PLAIN },
  ]);
  t.strictSame(compare(SALES, new Map(held), wanted, NOW), []);
  t.match(compare(SALES, new Map(held.reverse()), wanted, NOW), [{ kind: 'misplaced', repair: 'put' }]);
});

t.test('left over is what was an address of ours, and of nobody else', async (t) => {
  const directory = new Directory();
  directory.putContactCenter(contactCenter());
  const held = [
    ...['sales@cc.example.com', 'SALES@CC.example.com', 'bob@cc.example.com', 'sales@other.example.com'],
    ...[
      'former@CC.example.com',
      'for mer@cc.example.com',
      'a\nb@cc.example.com',
      '@cc.example.com',
      'nobody',
    ],
  ];
  t.same(leftOver(directory, held), ['sip:former@cc.example.com', 'sip:for%20mer@cc.example.com']);
});

t.test('what has changed goes before what is due, and many changes are no hurry', async (t) => {
  const queue = new AddressQueue();
  const all = (busy = (_: string) => false) => {
    const taken: string[] = [];
    for (let next = queue.take(busy); next; next = queue.take(busy)) {
      taken.push(`${next.aor}${next.paced ? ' paced' : ''}`);
    }
    return taken;
  };
  queue.addDue(['a', 'b', 'c']);
  queue.addChanged(['c', 'd']);
  queue.addDue(['d', 'a']);
  t.equal(queue.size, 4);
  t.same(
    all((aor) => aor === 'b'),
    ['c', 'd', 'a paced'],
  );
  t.same(all(), ['b paced']);
  queue.addChanged(Array.from({ length: 101 }, (_, i) => `${i}`));
  t.equal(all().filter((one) => one.endsWith(' paced')).length, 101);
});

t.test('commands that can wait are spaced out', async (t) => {
  const pace = new Pace();
  const began = performance.now();
  for (let i = 0; i < 150; i++) await pace.turn();
  t.ok(performance.now() - began >= 195, '100 after the first 50, at 500 a second');
});

t.test('the directory can be made anew', async (t) => {
  const directory = new Directory();
  directory.putContactCenter(contactCenter({ domain: 'old.example.com' }));
  directory.putContactCenter(contactCenter());
  directory.putEndpoint(endpoint('bob'));
  directory.putNode(registrar({ node: 'old' }));
  replaceContents(directory, {
    credentials: [],
    centers: [contactCenter()],
    endpoints: [endpoint('alice')],
    nodes: [registrar()],
  });
  t.same(
    directory.contactCenters().map(({ domain }) => domain),
    [DOMAIN],
  );
  t.same(
    ['alice', 'bob'].map((name) => directory.endpointsOf(DOMAIN, name, NOW).length),
    [1, 0],
  );
  t.same(
    directory.nodes().map(({ node }) => node),
    ['reg1'],
  );
});

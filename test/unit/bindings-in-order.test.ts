import fc from 'fast-check';
import t from 'tap';
import { type Binding, bindingsInOrder } from '../../src/directory/bindings-in-order.js';
import type { ContactCenter, FixedContact } from '../../src/directory/contact-center.js';
import { Directory } from '../../src/directory/directory.js';
import type { Endpoint } from '../../src/directory/endpoint.js';
import { heldBindings } from '../../src/directory/held-bindings.js';
import { wantedBindings } from '../../src/kamailio/wanted-bindings.js';
import { agent, contactCenter, DOMAIN, endpoint, NOW, registrar } from '../support/contact-center.js';

function directoryWith(center: ContactCenter, endpoints: readonly Endpoint[]): Directory {
  const directory = new Directory();
  directory.putContactCenter(center);
  for (const one of endpoints) directory.putEndpoint(one);
  return directory;
}

function bindings(directory: Directory, user: string, agents = 9): Binding[] {
  const resolved = directory.resolve({ user, domain: DOMAIN });
  if (!resolved) throw new Error(`${user} is no address`);
  return bindingsInOrder(directory, resolved, { agents }, NOW);
}

const brief = (list: readonly Binding[]) => list.map(({ contact, q, because }) => [contact, q, because]);

t.test("B1 B2 B4 B6: a skillset's address: contact center, agents by level, treatment", async (t) => {
  const directory = directoryWith(contactCenter(), [
    endpoint('bob'),
    endpoint('alice', { contact: 'sip:alice@10.0.0.9', registered_at: NOW + 1 }),
    endpoint('alice', { path: '<sip:edge1.example.com;lr>', received: 'sip:203.0.113.9:5062' }),
  ]);
  const list = bindings(directory, 'sales');
  t.same(brief(list), [
    ['sip:sales@192.0.2.10:5060', 1000, 'location 1'],
    ['sip:alice@10.0.0.7:5062', 899, 'sales level 1'],
    ['sip:alice@10.0.0.9', 898, 'sales level 1'],
    ['sip:bob@10.0.0.7:5062', 889, 'sales level 2'],
    ['sip:moh@192.0.2.30:5070', 10, 'treatment hold-music'],
  ]);
  t.match(list[1], {
    aor: 'sip:sales@cc.example.com',
    role: 'agent',
    agent: 'alice',
    path: '<sip:edge1.example.com;lr>',
    received: 'sip:203.0.113.9:5062',
    endpoint: { key: 'sip:alice@10.0.0.7:5062' },
  });
});

t.test('a skillset without a treatment ends with its agents', async (t) => {
  const directory = directoryWith(contactCenter(), [endpoint('alice'), endpoint('bob')]);
  t.same(brief(bindings(directory, 'support')), [
    ['sip:support@192.0.2.10:5060', 1000, 'location 1'],
    ['sip:alice@10.0.0.7:5062', 899, 'support level 3'],
  ]);
});

t.test("B6: an agent's own address: contact center, then the endpoints, oldest first", async (t) => {
  const directory = directoryWith(contactCenter(), [
    endpoint('alice', { contact: 'sip:alice@10.0.0.9', registered_at: NOW + 1 }),
    endpoint('alice'),
  ]);
  t.same(brief(bindings(directory, 'alice')), [
    ['sip:alice@192.0.2.10:5060', 1000, 'location 1'],
    ['sip:alice@10.0.0.7:5062', 500, 'own endpoint'],
    ['sip:alice@10.0.0.9', 499, 'own endpoint'],
  ]);
});

const MOBILE = 'sip:+14155550199@trunk.example.net';
const CELL = { uri: MOBILE, when: 'always' } as const;

t.test(
  'fixed contacts come after the endpoints, with a q that stays; those for a bypass only are not bound',
  async (t) => {
    const second = { uri: 'sip:+14155550198@trunk.example.net', when: 'always' } as const;
    const contacts = [
      { ...CELL, uri: 'sip:+14155550197@trunk.example.net', when: 'bypass' } as const,
      CELL,
      second,
    ];
    const center = contactCenter({
      agents: [agent('alice', { sales: 1 }, { contacts }), agent('bob', { sales: 2 })],
    });
    const phones = [endpoint('alice'), endpoint('bob')];
    t.same(brief(bindings(directoryWith(center, phones), 'sales')).slice(1), [
      ['sip:alice@10.0.0.7:5062', 899, 'sales level 1'],
      [MOBILE, 889, 'sales level 1, contact'],
      [second.uri, 888, 'sales level 1, contact'],
      ['sip:bob@10.0.0.7:5062', 887, 'sales level 2'],
      ['sip:moh@192.0.2.30:5070', 10, 'treatment hold-music'],
    ]);
    t.same(brief(bindings(directoryWith(center, phones), 'alice')).slice(1), [
      ['sip:alice@10.0.0.7:5062', 500, 'own endpoint'],
      [MOBILE, 490, 'own contact'],
      [second.uri, 489, 'own contact'],
    ]);
    const away = directoryWith(center, []);
    t.same(brief(bindings(away, 'sales')).slice(1, 2), [[MOBILE, 889, 'sales level 1, contact']]);
    t.match(bindings(away, 'sales')[1], {
      role: 'agent',
      agent: 'alice',
      endpoint: null,
      path: null,
      received: null,
    });
    t.equal(bindings(away, 'sales', 1).filter(({ role }) => role === 'agent').length, 1, 'within the limit');
  },
);

t.test(
  'a registrar holds a fixed contact for good, on the own address too, and one that is registered as registered',
  async (t) => {
    const center = contactCenter({ agents: [agent('alice', { sales: 1 }, { contacts: [CELL] })] });
    const wanted = (endpoints: readonly Endpoint[], user: string) =>
      wantedBindings(directoryWith(center, endpoints), `sip:${user}@${DOMAIN}`, NOW)
        .filter(({ binding }) => binding.role === 'agent')
        .map(({ binding, until }) => [binding.contact, until]);
    const phone = endpoint('alice');
    for (const user of ['sales', 'alice']) {
      t.same(wanted([phone], user), [
        [phone.contact, phone.expires_at],
        [MOBILE, Number.POSITIVE_INFINITY],
      ]);
      t.same(wanted([endpoint('alice', { contact: MOBILE })], user), [[MOBILE, phone.expires_at]]);
    }
  },
);

t.test("B7: a treatment's address: contact center, then the treatment", async (t) => {
  t.same(brief(bindings(directoryWith(contactCenter(), []), 'hold-music')), [
    ['sip:hold-music@192.0.2.10:5060', 1000, 'location 1'],
    ['sip:moh@192.0.2.30:5070', 10, 'treatment hold-music'],
  ]);
});

t.test('several locations are in their order; one with a user keeps it', async (t) => {
  const locations = [
    { uri: 'sip:192.0.2.20', priority: 2, fr_timer_ms: 700 },
    { uri: 'sips:in@192.0.2.10;transport=tls', priority: 1, fr_timer_ms: 500 },
    { uri: 'sip:192.0.2.19', priority: 2, fr_timer_ms: 900 },
  ];
  const list = bindings(directoryWith(contactCenter({ locations }), []), 'sales');
  t.same(brief(list).slice(0, 3), [
    ['sips:in@192.0.2.10;transport=tls', 1000, 'location 1'],
    ['sip:sales@192.0.2.19', 999, 'location 2'],
    ['sip:sales@192.0.2.20', 998, 'location 3'],
  ]);
  t.same(
    list.map(({ fr_timer_ms }) => fr_timer_ms),
    [500, 900, 700, 2_000],
  );
});

t.test('what has expired is in no list', async (t) => {
  const directory = directoryWith(contactCenter(), [endpoint('alice', { expires_at: NOW }), endpoint('bob')]);
  t.same(
    bindings(directory, 'sales').flatMap((binding) => binding.agent ?? []),
    ['bob'],
  );
});

t.test('a registrar holds as many agents as one call can try, each URI once', async (t) => {
  const agents = Array.from({ length: 12 }, (_, i) => agent(`agent${String(i).padStart(2, '0')}`));
  const directory = directoryWith(contactCenter({ agents }), [
    ...agents.map(({ name }) => endpoint(name)),
    endpoint('agent05', { contact: 'sip:agent00@10.0.0.7:5062', key: 'twin' }),
  ]);
  directory.putNode(registrar());
  const resolved = directory.resolve({ user: 'sales', domain: DOMAIN });
  const held = resolved ? heldBindings(directory, resolved, NOW) : [];
  t.same(
    held.map(({ role, agent }) => agent ?? role),
    [
      'contact_center',
      ...['agent00', 'agent01', 'agent02', 'agent03', 'agent04', 'agent05', 'agent06', 'agent07'],
      'treatment',
    ],
  );
});

interface Shape {
  readonly levels: number[];
  /** Which agents have how many fixed contacts. */
  readonly contacts: number[];
  /** Which agents have how many phones. */
  readonly phones: number[];
  readonly locations: number;
  readonly limit: number;
  readonly order: number[];
}

const shape: fc.Arbitrary<Shape> = fc.integer({ min: 1, max: 60 }).chain((size) =>
  fc.record({
    levels: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: size, maxLength: size }),
    contacts: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: size, maxLength: size }),
    phones: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: size, maxLength: size }),
    locations: fc.integer({ min: 1, max: 5 }),
    limit: fc.integer({ min: 0, max: 29 }),
    order: fc.array(fc.nat(), { minLength: size * 3, maxLength: size * 3 }),
  }),
);

const nameOf = (i: number) => `agent${String(i).padStart(4, '0')}`;

function centerOf(shape: Pick<Shape, 'levels' | 'locations'> & Partial<Shape>): ContactCenter {
  const { levels, locations, contacts } = shape;
  return contactCenter({
    agents: levels.map((level, i) =>
      agent(nameOf(i), { sales: level }, { contacts: contactsOf(i, contacts?.[i] ?? 0) }),
    ),
    locations: Array.from({ length: locations }, (_, i) => ({
      uri: `sip:192.0.2.${i + 1}`,
      priority: i + 1,
      fr_timer_ms: 2_000,
    })),
  });
}

function contactsOf(i: number, count: number): FixedContact[] {
  return Array.from({ length: count }, (_, nth) => ({
    uri: `sip:${nameOf(i)}@trunk${nth}.example.net`,
    when: 'always',
  }));
}

function phonesOf({ phones }: Pick<Shape, 'phones'>): Endpoint[] {
  return phones.flatMap((count, i) =>
    Array.from({ length: count }, (_, nth) =>
      endpoint(nameOf(i), { contact: `sip:${nameOf(i)}@10.0.${nth}.1`, registered_at: NOW + nth }),
    ),
  );
}

t.test(
  'B2 B11: q falls strictly, contact center first, treatment last, agents within the limit',
  async () => {
    fc.assert(
      fc.property(shape, (one) => {
        const list = bindings(directoryWith(centerOf(one), phonesOf(one)), 'sales', one.limit);
        const roles = list.map(({ role }) => role);
        const agents = roles.filter((role) => role === 'agent').length;
        return (
          list.every(({ q }, i) => q >= 10 && q <= 1000 && (i === 0 || q < (list[i - 1] as Binding).q)) &&
          roles.slice(0, one.locations).every((role) => role === 'contact_center') &&
          roles.lastIndexOf('contact_center') === one.locations - 1 &&
          roles.indexOf('treatment') === roles.length - 1 &&
          agents === Math.min(one.limit, phonesOf(one).length + one.contacts.reduce((a, b) => a + b, 0)) &&
          list.filter(({ role }) => role === 'agent').every(({ q }) => q >= 100 && q <= 899)
        );
      }),
    );
  },
);

t.test('the order does not depend on who registered first', async () => {
  fc.assert(
    fc.property(shape, (one) => {
      const phones = phonesOf(one);
      const shuffled = phones
        .map((phone, i) => ({ phone, at: one.order[i] ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ phone }) => phone);
      const center = centerOf(one);
      const inOrder = JSON.stringify(bindings(directoryWith(center, phones), 'sales', one.limit));
      return inOrder === JSON.stringify(bindings(directoryWith(center, shuffled), 'sales', one.limit));
    }),
  );
});

t.test("an agent's q stays when others come and go", async () => {
  fc.assert(
    fc.property(shape, fc.nat(), (one, pick) => {
      const staying = pick % one.levels.length;
      const alone = { ...one, phones: one.phones.map((_, i) => (i === staying ? 2 : 0)) };
      const among = { ...one, phones: one.phones.map((count, i) => (i === staying ? 2 : count)) };
      const qs = ({ phones }: { phones: number[] }) =>
        bindings(directoryWith(centerOf({ ...one, contacts: [] }), phonesOf({ phones })), 'sales', 200)
          .filter((binding) => binding.agent === nameOf(staying))
          .map(({ q }) => q);
      return JSON.stringify(qs(alone)) === JSON.stringify(qs(among));
    }),
  );
});

t.test('thousands of agents still have distinct, falling q', async (t) => {
  const size = 3_000;
  const center = centerOf({ levels: Array.from({ length: size }, (_, i) => 1 + (i % 5)), locations: 1 });
  for (const phones of [
    Array.from({ length: size }, () => 1),
    Array.from({ length: size }, (_, i) => (i % 5 === 4 && i > 2_900 ? 3 : 0)),
  ]) {
    const list = bindings(directoryWith(center, phonesOf({ phones })), 'sales', Number.MAX_SAFE_INTEGER);
    const qs = list.map(({ q }) => q);
    t.same(
      qs,
      [...new Set(qs)].sort((a, b) => b - a),
    );
    t.ok(qs.slice(1, -1).every((q) => q >= 100 && q <= 899));
    t.equal(qs.at(-1), 10);
  }
});

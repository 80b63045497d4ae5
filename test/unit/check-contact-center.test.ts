import fc from 'fast-check';
import t from 'tap';
import { affectedAddresses } from '../../src/admin/affected-addresses.js';
import { canonical } from '../../src/admin/canonical.js';
import { checkContactCenter } from '../../src/admin/check-contact-center.js';
import { completeContactCenter } from '../../src/admin/complete-contact-center.js';
import type { ContactCenterBody } from '../../src/admin/contact-center.schema.js';
import { withoutPart, withoutSkill, withPart, withSkill } from '../../src/admin/edit-contact-center.js';
import { checkPreconditions, etagOf } from '../../src/admin/etag.js';
import { failoverPatternFault } from '../../src/admin/failover-pattern.js';
import { NAME } from '../../src/admin/limits.js';
import { type ContactCenter, HEALTH, POLICY } from '../../src/directory/contact-center.js';
import { Problem } from '../../src/errors.js';
import { atOnce } from '../support/at-once.js';
import { agent, skillset, treatment } from '../support/contact-center.js';

/** What the service does in slices. */
const canonicalNow = (...given: Parameters<typeof canonical>) => atOnce(canonical(...given));
const checkContactCenterNow = (...given: Parameters<typeof checkContactCenter>) =>
  atOnce(checkContactCenter(...given));
const affectedAddressesNow = (...given: Parameters<typeof affectedAddresses>) =>
  atOnce(affectedAddresses(...given));

const EXAMPLE: ContactCenterBody = {
  mode: 'proxy',
  locations: [
    { uri: 'sip:192.0.2.10:5060', priority: 1 },
    { uri: 'sip:192.0.2.20:5060', priority: 2 },
  ],
  treatments: [
    {
      name: 'hold-music',
      kind: 'music_on_hold',
      uri: 'sip:moh@192.0.2.30:5070',
    },
  ],
  skillsets: [
    { name: 'sales', treatment: 'hold-music', ring_seconds: 15 },
    { name: 'support', treatment: 'hold-music' },
  ],
  agents: [
    { name: 'alice', skills: { sales: 1, support: 3 } },
    { name: 'bob', skills: { sales: 2 } },
  ],
};

const center = (changes: Partial<ContactCenterBody> = {}): ContactCenter =>
  completeContactCenter('cc.example.com', { ...EXAMPLE, ...changes });
const faults = (changes: Partial<ContactCenterBody>) => checkContactCenterNow(center(changes));
const fields = (changes: Partial<ContactCenterBody>) => faults(changes).map(({ field }) => field);

t.test('the example of the contract is in order, and what it leaves out takes its default', async (t) => {
  t.same(checkContactCenterNow(center()), []);
  t.match(center(), {
    locations: [{ fr_timer_ms: 2000 }, { fr_timer_ms: 2000 }],
    skillsets: [{ ring_seconds: 15 }, { ring_seconds: 15 }],
    expiry: { min_seconds: 60, default_seconds: 300, max_seconds: 3600 },
    failover_on: { contact_center: '408|5[0-9][0-9]' },
    headers: true,
  });
  const least = completeContactCenter('cc.example.com', {
    locations: [{ uri: 'sip:192.0.2.10' }, { uri: 'sip:192.0.2.11' }],
    skillsets: [{ name: 'sales' }],
    agents: [{ name: 'alice' }],
  });
  t.same(checkContactCenterNow(least), []);
  t.match(least, {
    mode: 'proxy',
    treatments: [],
    skillsets: [{ treatment: null }],
    agents: [{ skills: {} }],
  });
  t.same(
    least.locations.map(({ priority }) => priority),
    [1, 2],
    'a location comes where it stands',
  );
});

t.test('everything that is wrong is told at once, in the order of the document', async (t) => {
  t.same(
    fields({
      locations: [{ uri: 'sip:192.0.2.10' }, { uri: 'mailto:a@b' }],
      skillsets: [{ name: 'sales', treatment: 'nobody' }],
      agents: [{ name: 'alice', skills: { sales: 0, nothing: 1 } }],
      expiry: { min_seconds: 500 },
      failover_on: { agent: '4..;' },
    }),
    [
      '/locations/1/uri',
      '/skillsets/0/treatment',
      '/agents/0/skills/sales',
      '/agents/0/skills/nothing',
      '/expiry/default_seconds',
      '/failover_on/agent',
    ],
  );
});

t.test('names are user parts of addresses, and one address belongs to one part', async (t) => {
  for (const name of [
    '',
    '-a',
    'a b',
    'a@b',
    'a/b',
    'a\r\nb',
    'a"',
    '<a>',
    'é',
    'a'.repeat(64),
    '__proto__',
  ]) {
    t.same(fields({ agents: [{ name, skills: {} }] }), ['/agents/0/name'], JSON.stringify(name));
  }
  for (const name of ['5000', 'a.b-c_d+e', 'constructor', 'A'.repeat(63)]) {
    t.same(fields({ agents: [{ name, skills: {} }] }), [], name);
  }
  t.same(fields({ agents: [{ name: 'sales', skills: {} }] }), ['/agents/0/name'], 'a skillset has it');
  t.same(fields({ agents: [{ name: 'hold-music', skills: {} }] }), ['/agents/0/name'], 'a treatment has it');
  t.same(
    fields({ agents: [{ name: 'bob' }, { name: 'bob' }] }),
    ['/agents/1/name'],
    'the second is at fault',
  );
  t.same(fields({ agents: [{ name: 'Bob' }, { name: 'bob' }] }), ['/agents/1/name'], 'in any case');
  const long = completeContactCenter(
    `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}`,
    {
      locations: [{ uri: 'sip:192.0.2.10' }],
      agents: [{ name: 'alice'.repeat(4) }],
    },
  );
  t.match(checkContactCenterNow(long), [{ field: '/agents/0/name', detail: /too long/ }]);
});

t.test('URIs are SIP, and no two are the same once printed', async (t) => {
  for (const uri of [
    'http://a',
    'sip:',
    'sip:a b',
    'sip:a?Subject=x',
    'sip:a\r\nX: y',
    'sip:<a>',
    'tel:+1',
  ]) {
    t.same(fields({ locations: [{ uri }] }), ['/locations/0/uri'], JSON.stringify(uri));
  }
  t.same(
    fields({
      locations: [{ uri: 'sip:PBX.example.com' }, { uri: 'SIP:pbx.example.com' }],
    }),
    ['/locations/1/uri'],
  );
  t.same(fields({ locations: [] }), ['/locations']);
  const treatments = (...uris: string[]) => ({
    treatments: uris.map((uri, i) => ({
      name: ['hold-music', 'closed'][i] as string,
      kind: 'ivr' as const,
      uri,
    })),
  });
  t.same(fields(treatments('sip:moh@192.0.2.30', 'sip:moh@192.0.2.30')), [], 'one system may serve both');
  t.same(fields(treatments('sip:192.0.2.10:5060')), ['/treatments/0/uri'], 'that is the contact center');
  t.same(fields(treatments('sip:sales@192.0.2.10:5060')), ['/treatments/0/uri'], 'bound twice to sales');
  t.same(fields(treatments('sip:moh@192.0.2.10:5060')), [], 'another service at the same host');
});

t.test('priorities are unique', async (t) => {
  t.same(fields({ locations: [{ uri: 'sip:a', priority: 2 }, { uri: 'sip:b' }] }), ['/locations/1/priority']);
});

t.test('skills name skillsets that exist', async (t) => {
  const skills = (skills: Record<string, number>) => fields({ agents: [{ name: 'zoe', skills }] });
  t.same(skills({ 'a/b~c': 1 }), ['/agents/0/skills/a~1b~0c'], 'the pointer is escaped (RFC 6901)');
  t.same(skills({ constructor: 1 }), ['/agents/0/skills/constructor']);
  t.same(skills({ sales: 101 }), ['/agents/0/skills/sales']);
  t.same(skills({ sales: 1.5 }), ['/agents/0/skills/sales']);
  t.same(skills({ sales: 100, support: 1 }), []);
});

t.test('expiries are in order', async (t) => {
  const expiry = (min_seconds: number, default_seconds: number, max_seconds: number) =>
    fields({ expiry: { min_seconds, default_seconds, max_seconds } });
  t.same(expiry(60, 60, 60), []);
  t.same(expiry(61, 60, 60), ['/expiry/min_seconds']);
  t.same(expiry(30, 20, 60), ['/expiry/default_seconds']);
  t.same(expiry(30, 90, 60), ['/expiry/default_seconds']);
});

t.test('there is an end to everything', async (t) => {
  const many = <T>(count: number, part: (i: number) => T) => Array.from({ length: count }, (_, i) => part(i));
  t.same(fields({ locations: many(11, (i) => ({ uri: `sip:h${i}.example.com` })) }), ['/locations']);
  t.same(fields({ skillsets: many(1_001, (i) => ({ name: `s${i}` })), agents: [] }), ['/skillsets']);
  t.same(fields({ agents: many(20_001, (i) => ({ name: `a${i}` })) }), ['/agents']);
  t.same(
    fields({
      treatments: many(1_001, (i) => ({
        name: `t${i}`,
        kind: 'ivr' as const,
        uri: 'sip:192.0.2.30',
      })),
      skillsets: [{ name: 'sales' }, { name: 'support' }],
    }),
    ['/treatments'],
  );
});

t.test('failover patterns say one thing to JavaScript and to POSIX', async (t) => {
  for (const pattern of [
    '408',
    '408|5[0-9][0-9]',
    '[456][0-9][0-9]',
    '^(4..|503)$',
    '48[0-68]',
    '50?3',
    '^$',
  ]) {
    t.equal(failoverPatternFault(pattern), null, pattern);
  }
  for (const pattern of [
    '',
    '4xx',
    '[4',
    '(4',
    '4**',
    '*4',
    '(?:4)',
    '[]',
    '[^]4',
    '4||5',
    '|4',
    '\\d',
    '9{1}',
  ]) {
    t.type(failoverPatternFault(pattern), 'string', pattern);
  }
  t.type(failoverPatternFault('4'.repeat(201)), 'string');
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(...'0459|[]().?+*^$-'),
        maxLength: 12,
      }),
      (pattern) => {
        if (failoverPatternFault(pattern) === null) new RegExp(pattern).test('486');
      },
    ),
  );
});

const name = fc.stringMatching(NAME);
const document = fc.record({
  locations: fc.uniqueArray(
    fc.integer({ min: 1, max: 250 }).map((n) => ({ uri: `SIP:192.0.2.${n}` })),
    { minLength: 1, maxLength: 5, selector: ({ uri }) => uri },
  ),
  skillsets: fc.uniqueArray(
    name.map((text) => ({ name: text })),
    // names are compared in any case
    { maxLength: 6, selector: (part) => part.name.toLowerCase() },
  ),
});

t.test('what has passed its check is printed in one way, whatever order it came in', async (t) => {
  await fc.assert(
    fc.asyncProperty(document, async (body) => {
      const given = completeContactCenter('cc.example.com', body);
      if (checkContactCenterNow(given).length > 0) throw new Error('the document should be in order');
      const printed = canonicalNow(given);
      const again = canonicalNow({
        ...printed,
        skillsets: [...printed.skillsets].reverse(),
      });
      if ((await etagOf(printed)) !== (await etagOf(again)))
        throw new Error('another order gave another ETag');
      if (checkContactCenterNow(printed).length > 0) throw new Error('what is printed should be in order');
    }),
  );
  t.equal(canonicalNow(center()).locations[0]?.uri, 'sip:192.0.2.10:5060');
});

t.test('only the addresses whose bindings change are affected', async (t) => {
  const before = canonicalNow(center());
  const affected = (after: ContactCenter | undefined, from: ContactCenter | undefined = before) =>
    [...affectedAddressesNow(from, after)]
      .map((aor) => aor.replace(/^sip:(.*)@cc.example.com$/, '$1'))
      .sort();
  const everything = ['alice', 'bob', 'hold-music', 'sales', 'support'];
  t.same(affected(before), []);
  t.same(affected(undefined), everything, 'those that are gone');
  t.same([...affectedAddressesNow(undefined, before)].length, 5, 'those that are new');
  t.same(affected({ ...before, locations: before.locations.slice(1) }), everything);
  t.same(affected({ ...before, mode: 'b2bua', headers: false }), []);
  t.same(affected(withoutPart(before, 'agents', 'bob')), ['bob', 'sales']);
  t.same(affected(withPart(before, 'agents', agent('bob', { support: 1 })).center), ['sales', 'support']);
  t.same(affected(withPart(before, 'skillsets', skillset('sales', { treatment: null })).center), ['sales']);
  t.same(
    affected(withPart(before, 'skillsets', skillset('sales', { ring_seconds: 9, order: 'weighted' })).center),
    [],
  );
  const cell = { uri: 'sip:+14155550199@192.0.2.40', when: 'always' } as const;
  const [alice] = before.agents;
  const withContact = (when: 'always' | 'bypass') =>
    withPart(before, 'agents', agent('alice', alice?.skills, { contacts: [{ ...cell, when }] })).center;
  t.same(affected(withContact('always')), ['alice', 'sales', 'support'], 'where the contact is bound');
  t.same(affected(withContact('bypass')), [], 'such a one is nowhere bound');
  const music = treatment({ kind: 'ivr', uri: 'sip:192.0.2.31' });
  t.same(affected(withPart(before, 'treatments', music).center), ['hold-music', 'sales', 'support']);
});

t.test('preconditions (RFC 9110 §13.1)', async (t) => {
  const there = { name: 'alice' };
  const etag = await etagOf(there);
  const refused = async (headers: Record<string, string>, current?: object) => {
    try {
      await checkPreconditions(headers, current);
      return false;
    } catch (error) {
      return error instanceof Problem && error.code === 'precondition_failed';
    }
  };
  t.notOk(await refused({}, there));
  t.notOk(await refused({ 'if-match': '*' }, there));
  t.ok(await refused({ 'if-match': '*' }));
  t.notOk(await refused({ 'if-match': `"other", ${etag}` }, there));
  t.ok(await refused({ 'if-match': '"other"' }, there));
  t.ok(await refused({ 'if-match': `W/${etag}` }, there), 'weak ones never match');
  t.ok(await refused({ 'if-none-match': '*' }, there));
  t.notOk(await refused({ 'if-none-match': '*' }));
  t.ok(await refused({ 'if-none-match': etag }, there));
  t.notOk(await refused({ 'if-none-match': '"other"' }, there));
});

t.test('the settings for failures take their defaults one by one', async (t) => {
  t.match(center(), {
    ...POLICY,
    skillsets: [{ order: 'longest_idle', group_size: 3 }, {}],
    treatments: [{ hold_seconds: null }],
    agents: [{ weight: 10, contacts: [] }, {}],
  });
  t.match(center({ health: { failures: 3 }, held_seconds: 0 }), {
    health: { ...HEALTH, failures: 3 },
    held_seconds: 0,
    put_last_seconds: 60,
  });
  const contacts = [{ uri: 'sip:+14155550199@192.0.2.40' }];
  t.match(center({ agents: [{ name: 'alice', contacts }] }).agents, [{ contacts: [{ when: 'always' }] }]);
});

t.test('health and drill sources that contradict themselves or are none', async (t) => {
  t.same(fields({ health: { failures: 4 } }), ['/health/failures']);
  t.same(fields({ health: { failures: 4, of: 4 } }), []);
  t.same(fields({ health: { longest_hold_seconds: 100 } }), ['/health/longest_hold_seconds']);
  t.same(fields({ health: { longest_hold_seconds: 0, hold_seconds: 0 } }), []);
  t.same(fields({ drill_sources: ['192.0.2.1', '2001:db8::1', 'pbx.example.com', '10.0.0.0/8'] }), [
    '/drill_sources/2',
    '/drill_sources/3',
  ]);
});

t.test('a fixed contact is a place of its own', async (t) => {
  const agents = (...uris: string[]) => [
    { name: 'alice', contacts: uris.map((uri) => ({ uri })) },
    { name: 'bob', contacts: [{ uri: 'sip:bob@192.0.2.40' }] },
  ];
  const found = (...uris: string[]) => faults({ agents: agents(...uris) });
  t.same(found('sip:+14155550199@192.0.2.40', 'sip:192.0.2.41', 'sips:a@192.0.2.41'), []);
  for (const [uri, detail] of [
    ['tel:+14155550199', 'the URI is not a sip or sips URI'],
    ['sip:a@192.0.2.40?Route=sip:evil', 'may not have headers'],
    ['sip:a@192.0.2.10', "is the contact center's own location"],
    ['sip:a@192.0.2.20:5060;transport=tcp', "is the contact center's own location"],
    ['sip:bob@CC.example.com', 'is an address of the contact center'],
    ['sip:moh@192.0.2.30:5070', 'is the treatment hold-music'],
  ] as const) {
    t.same(found('sip:b@192.0.2.40', uri), [{ field: '/agents/0/contacts/1/uri', detail }], uri);
  }
  t.same(found('sip:a@192.0.2.40', 'SIP:a@192.0.2.40'), [
    { field: '/agents/0/contacts/1/uri', detail: 'is the URI of /agents/0/contacts/0 already' },
  ]);
  const many = Array.from({ length: 6 }, (_, i) => `sip:a@192.0.2.${i + 40}`);
  t.same(found(...many), [{ field: '/agents/0/contacts', detail: 'has more than 5 entries' }]);
});

t.test('one spelling of the new settings', async (t) => {
  const one = canonicalNow(
    center({
      drill_sources: ['2001:DB8:0::1', '10.0.0.9', '::ffff:10.0.0.9'],
      agents: [{ name: 'alice', contacts: [{ when: 'bypass', uri: 'SIP:a@Trunk.example.net' }] }],
    }),
  );
  t.same(one.drill_sources, ['10.0.0.9', '2001:db8::1']);
  t.same(one.agents[0]?.contacts, [{ uri: 'sip:a@trunk.example.net', when: 'bypass' }]);
  t.equal(JSON.stringify(canonicalNow(one)), JSON.stringify(one));
});

t.test('every part keeps what it has when one skill changes', async (t) => {
  const contacts = [{ uri: 'sip:a@192.0.2.40', when: 'bypass' as const }];
  const given = center({ agents: [{ name: 'alice', skills: { sales: 1 }, weight: 7, contacts }] });
  t.same(withSkill(given, 'alice', 'support', 2).agents, [
    agent('alice', { sales: 1, support: 2 }, { weight: 7, contacts }),
  ]);
  t.same(withoutSkill(given, 'alice', 'sales').agents, [agent('alice', {}, { weight: 7, contacts })]);
});

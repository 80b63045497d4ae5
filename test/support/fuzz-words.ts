import fc from 'fast-check';

/**
 * Stand for what only the running service knows: the ids that it has given out lately, and the ETag of what the request is
 * about. Put in when the request is sent.
 */
export const ID_SLOTS: readonly string[] = Array.from(
  { length: 8 },
  (_, i) => `00000000-0000-4000-8000-00000000000${i}`,
);
export const ETAG_SLOT = '"the-last-etag"';

const DOMAINS = ['cc.example.com', 'other.example.com', 'CC.example.com.', 'third.example.com', '[::1]'];
const AGENTS = ['alice', 'bob', 'constructor', 'agent+1'];
const SKILLSETS = ['sales', 'support', 'toString', 'hold-music'];
const URIS = ['sip:192.0.2.10:5060', 'SIPS:pbx.example.com;transport=tls', 'sip:moh@192.0.2.30:5070'];
const ADDRESSES = ['sales', 'support', 'alice', 'bob', 'hold-music'].flatMap((name) => [
  `sip:${name}@cc.example.com`,
  `sip:${name}@other.example.com;user=phone`,
]);

/** What means something to the service, by the name of the field; of any other field the schema alone says what it takes. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  domain: DOMAINS,
  contact_center: DOMAINS,
  name: [...AGENTS, ...SKILLSETS],
  busy: AGENTS,
  unregistered: AGENTS,
  skillset: SKILLSETS,
  treatment: ['hold-music', 'toString'],
  subject: ['skillsets/sales', 'locations', 'agents/alice'],
  uri: [...URIS, ...ADDRESSES],
  location: URIS,
  down: URIS,
  address: ADDRESSES,
  aor: ADDRESSES,
  ruri: ADDRESSES,
  caller: ['sip:+14155550100@carrier.example.net'],
  from: [
    'sip:+14155550100@carrier.example.net',
    '"A \\"B\\"" <sip:bob@cc.example.com>;tag=1',
    'ops@example.com',
  ],
  contact: [
    '<sip:alice@10.0.0.7:5062>;expires=300',
    '<sip:alice@10.0.0.7:5062;transport=tcp>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>";reg-id=1',
    'sip:bob@10.0.0.8;q=0.5, <sip:bob@10.0.0.9>;expires=0',
    '*',
  ],
  contact_center_contact: ['<sip:alice@10.0.0.7:5062>;expires=60', '*'],
  path: ['<sip:edge1.example.com;lr>', '<sip:edge1.example.com;lr>,<sip:edge2.example.com;lr;ob>'],
  received: ['sip:203.0.113.9:5062', 'sip:[2001:db8::9]:5062;transport=tcp'],
  call_id: ['a@10.0.0.7', 'b@10.0.0.7', 'c'],
  node: ['reg1', 'edge1', 'reg2'],
  rpc_url: ['http://127.0.0.1:9/RPC', 'https://[::1]:9'],
  source_ip: ['192.0.2.10', '203.0.113.9', '2001:db8::9'],
  drill_sources: ['192.0.2.99', '2001:DB8::0:9'],
  decision: ID_SLOTS,
  id: ID_SLOTS,
  transaction: ['1:2'],
  'if-match': ['*', ETAG_SLOT, '"old", "older"'],
  'if-none-match': ['*', ETAG_SLOT, 'W/"weak"'],
};

export function wordsFor(name: string): readonly string[] {
  // Names of the document, but also `constructor`.
  return Object.hasOwn(WORDS, name) ? (WORDS[name] as readonly string[]) : [];
}

/** What has broken programs before. */
export const NASTY: readonly string[] = [
  ...['', ' ', '\u0000', 'a\u0000b', '\u0001', '\u007f', 'a\tb', 'sip:a@b\r\nX-Evil: 1', '\n'],
  ...['\ud800', 'a\udfff', '\ud83d\ude00', 'e\u0301', '\u202egnp', '\ufeff', '\uffff', '\u{10ffff}', 'İıſß'],
  ...['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'null', 'undefined', 'NaN'],
  ...['0', '-1', '1e999', '0x10', '01', '9'.repeat(40), '2147483648', 'true', '[]', '{}'],
  ...['%', '%00', '%zz', '..', '../../livez', '/', '?', '#', '\\', '*', '"', "'", "'; DROP TABLE agents; --"],
  ...['{{7*7}}', '$(id)', '<script>', '%s%n', '$1', '\\u0000', 'x'.repeat(300), 'ß'.repeat(2_100)],
  ...[
    'sip:',
    'sip:@',
    'sip:a@',
    'sip:a@b:99999',
    'sip:a@[::1',
    'sip:%00@b',
    'sip:a@b;;',
    'sip:a@b?X=%0d%0a',
    'tel:+1',
  ],
  ...['<sip:a@b', '"<sip:a@b>', 'sip:a@b,', ',', '<>', '*,*', '<sip:a@b>;q=2;expires=-1', 'a@b', '@'],
  ...[
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:60Z',
    '2026-02-30T00:00:00Z',
    '2026-11-22',
    '-000001-01-01T00:00:00Z',
  ],
  ...[
    '256.1.1.1',
    '::',
    '1.2.3.4%eth0',
    'http://127.0.0.1:99999',
    'file:///etc/passwd',
    'a'.repeat(64),
    'ü.example',
  ],
  ...['(a+)+$', '[', '4[0-9', '*'.repeat(30), '\\', 'urn:uuid:00000000-0000-4000-8000-000000000000'],
];

export const nasty: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NASTY) },
  {
    weight: 1,
    arbitrary: fc.array(fc.nat(0xffff), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
);

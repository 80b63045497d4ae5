import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { parseAddress, printAddress } from '../../src/sip/address.js';
import { parseHost } from '../../src/sip/host.js';
import { SipSyntaxError } from '../../src/sip/sip-syntax-error.js';
import { parseUri, printUri, uriParam, withUser } from '../../src/sip/uri.js';

/** What must never reach a SIP message from a parsed part: control characters, blanks, `<`, `>`, `"`, non-ASCII. */
const SAFE = /^[!#-;=?-~]*$/;

/** Text that often is nearly a URI, so that the fuzz gets past the scheme. */
const fragment = fc.constantFrom(
  ...[
    'sip:',
    'SIPS:',
    'alice',
    '@',
    'cc.example.com',
    '[',
    ']',
    '::1',
    ':',
    '5060',
    ';',
    'lr',
    '=',
    '?',
    '&',
    '%',
  ],
  ...[
    '%41',
    '%0d%0a',
    '\r\n',
    '\0',
    '<',
    '>',
    '"',
    ' ',
    '\t',
    'é',
    '\u{1f600}',
    '\ud800',
    '.',
    '-',
    '0',
    ',',
    '/',
    '\\',
  ],
);
const nearlyUri = fc.array(fragment, { maxLength: 30 }).map((parts) => `sip:${parts.join('')}`);
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), nearlyUri);

const label = fc.stringMatching(/^[a-zA-Z]([a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?$/);
const octet = fc.integer({ min: 0, max: 255 });
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.')),
  fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.')),
  fc.ipV6().map((address) => `[${address}]`),
);
const user = fc.stringMatching(/^([a-zA-Z0-9\-_.!~*'()&=+$,;?/]|%[0-9a-fA-F]{2}){1,20}$/);
const pvalue = fc.stringMatching(/^([a-zA-Z0-9\-_.!~*'()[\]/:&+$]|%[0-9a-fA-F]{2}){1,8}$/);
const params = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,7}$/), fc.option(pvalue)), {
  selector: ([name]) => name.toLowerCase(),
  maxLength: 4,
});
const validUri = fc
  .record({
    scheme: fc.constantFrom('sip', 'sips', 'SIP', 'SiPs'),
    user: fc.option(fc.tuple(user, fc.option(fc.stringMatching(/^[a-z0-9&=+$,]{0,6}$/)))),
    host,
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    params,
    headers: fc.option(fc.stringMatching(/^[a-z]{1,5}=[a-z0-9[\]/?:+$]{0,5}$/)),
  })
  .map(({ scheme, user, host, port, params, headers }) => {
    const userinfo = user ? `${user[0]}${user[1] === null ? '' : `:${user[1]}`}@` : '';
    const tail = params.map(([name, value]) => (value === null ? `;${name}` : `;${name}=${value}`)).join('');
    return `${scheme}:${userinfo}${host}${port === null ? '' : `:${port}`}${tail}${headers === null ? '' : `?${headers}`}`;
  })
  .filter((text) => text.length <= 255);

t.test('a URI is taken apart', async (t) => {
  t.same(parseUri('SIP:Alice:se=cret@CC.Example.COM:5062;transport=udp;LR?Subject=x&Priority=urgent'), {
    scheme: 'sip',
    user: 'Alice',
    password: 'se=cret',
    host: 'cc.example.com',
    port: 5062,
    params: [
      ['transport', 'udp'],
      ['LR', null],
    ],
    headers: 'Subject=x&Priority=urgent',
  });
  t.equal(uriParam(parseUri('sip:h;Transport=TCP;lr'), 'transport'), 'TCP');
  t.equal(uriParam(parseUri('sip:h;Transport=TCP;lr'), 'lr'), null);
  t.equal(uriParam(parseUri('sip:h;Transport=TCP;lr'), 'ob'), undefined);
});

t.test('what RFC 3261 and RFC 4475 call valid is taken', async (t) => {
  for (const text of [
    'sip:alice@atlanta.com',
    'sip:alice:secretword@atlanta.com;transport=tcp',
    'sips:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:+1-212-555-1212:1234@gateway.com;user=phone',
    'sip:1212@gateway.com',
    'sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com',
    'sip:alice;day=tuesday@atlanta.com',
    'sips:sips%3Auser%40example.com@example.net',
    'sip:null-%00-null@example.com',
    'sip:[2001:db8::9:1]',
    'sip:user;par=u%40example.net@example.com',
    'sip:cc.example.com;lr;received=sip:10.0.0.1:5060%3Btransport%3Dtcp',
  ]) {
    t.equal(printUri(parseUri(text)), text);
  }
  t.equal(printUri(parseUri('sip:a@[::FFFF:192.0.2.1]:5060')), 'sip:a@[::ffff:192.0.2.1]:5060');
  t.equal(printUri(parseUri('sip:a@Example.com.')), 'sip:a@example.com');
});

t.test('what is no URI, or would break a message, is refused by its part', async (t) => {
  for (const [text, part] of [
    ['', /scheme|sip or sips/],
    ['alice@cc.example.com', /sip or sips/],
    ['tel:+14155550100', /sip or sips/],
    ['sip:', /host/],
    ['sip:@h', /user/],
    ['sip:a b@h', /user/],
    ['sip:a@b@h', /host|user|character/],
    ['sip:a%4@h', /user/],
    ['sip:a%zz@h', /user/],
    ['sip:a:p:q@h', /user/],
    ['sip:a"@h', /user/],
    ['sip:é@h', /user/],
    ['sip:a\r\nRoute: <sip:evil>@h', /user/],
    ['sip:a@h\r\nX: y', /character/],
    ['sip:a@h\0', /character/],
    ['sip:a@h>', /character/],
    ['sip:a@h ', /character/],
    ['sip: a@h', /user/],
    ['sip:a@h_1', /character|host/],
    ['sip:a@-h', /host/],
    ['sip:a@h-', /host/],
    ['sip:a@h..example', /host/],
    ['sip:a@.', /host/],
    ['sip:a@1.2.3', /host/],
    ['sip:a@1.2.3.256', /host/],
    ['sip:a@1.2.3.4.', /host/],
    ['sip:a@010.0.0.7', /host/],
    [`sip:a@${'x'.repeat(64)}.example`, /host/],
    ['sip:a@[', /host/],
    ['sip:a@[]', /host/],
    ['sip:a@[::1', /host/],
    ['sip:a@[1::2::3]', /host/],
    ['sip:a@[1:2:3:4:5:6:7]', /host/],
    ['sip:a@[1:2:3:4:5:6:7:8:9]', /host/],
    ['sip:a@[1:2:3:4:5:6:7::8]', /host/],
    ['sip:a@[::12345]', /host/],
    ['sip:a@[:::]', /host/],
    ['sip:a@[1.2.3.4::]', /host/],
    ['sip:a@[fe80::1%25eth0]', /host/],
    ['sip:a@[::1]x', /character/],
    ['sip:a@h:', /port/],
    ['sip:a@h:0', /port/],
    ['sip:a@h:65536', /port/],
    ['sip:a@h:5060x', /port/],
    ['sip:a@h:+5060', /port/],
    ['sip:a@h;', /parameter/],
    ['sip:a@h;;lr', /parameter/],
    ['sip:a@h;lr=', /parameter/],
    ['sip:a@h;=x', /parameter/],
    ['sip:a@h;lr;LR', /parameter/],
    ['sip:a@h;a=b,c', /character/],
    ['sip:a@h?', /header/],
    ['sip:a@h?x', /header/],
    ['sip:a@h?x=1&', /header/],
    ['sip:a@h?x=1;lr', /character/],
    ['sip:a@h?Route=<sip:evil>', /character/],
    [`sip:${'a'.repeat(251)}@h`, /longer/],
  ] as const) {
    t.throws(() => parseUri(text), { name: 'SipSyntaxError', message: part }, JSON.stringify(text));
  }
  t.equal(parseUri(`sip:${'a'.repeat(249)}@h`).user?.length, 249);
});

t.test('a host alone is checked the same', async (t) => {
  t.equal(parseHost('CC.Example.Com'), 'cc.example.com');
  t.equal(parseHost('[2001:DB8::1]'), '[2001:db8::1]');
  for (const text of ['', ' ', 'a b', 'h:5060', '::1', 'a/b', 'a'.repeat(254), 'h\n', 'ex\u0430mple.com']) {
    t.throws(() => parseHost(text), SipSyntaxError, JSON.stringify(text));
  }
});

t.test('a location takes the user of the call only when it has none', async (t) => {
  t.equal(printUri(withUser(parseUri('sip:192.0.2.10:5060'), 'sales')), 'sip:sales@192.0.2.10:5060');
  t.equal(printUri(withUser(parseUri('sip:main@192.0.2.10'), 'sales')), 'sip:main@192.0.2.10');
  t.equal(
    printUri(withUser(parseUri('sip:h'), 'a;b?c,d@e\r\n<f> "g" é')),
    'sip:a%3Bb%3Fc%2Cd%40e%0D%0A%3Cf%3E%20%22g%22%20%C3%A9@h',
  );
  t.throws(() => withUser(parseUri('sip:h'), ''), SipSyntaxError);
  t.throws(() => withUser(parseUri('sip:h'), '\ud800'), SipSyntaxError);
});

t.test('an address of record', async (t) => {
  t.same(parseAddress('sips:%73ales@CC.example.com:5061;transport=tls?a=b'), {
    user: 'sales',
    domain: 'cc.example.com',
  });
  t.same(parseAddress('sip:+14155550100:pw@h'), { user: '+14155550100', domain: 'h' });
  t.equal(printAddress({ user: 'sales', domain: 'cc.example.com' }), 'sip:sales@cc.example.com');
  t.equal(printAddress({ user: 'a+b=c&d$e/f', domain: 'h' }), 'sip:a+b=c&d$e/f@h');
  t.equal(printAddress({ user: '%24@%', domain: 'h' }), 'sip:%2524%40%25@h');
  for (const text of [
    'sip:h',
    'sip:%00@h',
    'sip:a%0d%0a@h',
    'sip:%7f@h',
    'sip:%ff@h',
    'sip:%ed%a0%80@h',
    `sip:${';'.repeat(200)}@h`,
  ]) {
    t.throws(() => parseAddress(text), SipSyntaxError, text);
  }
});

function holds<T>(arbitrary: fc.Arbitrary<T>, numRuns: number, property: (value: T) => void): () => void {
  return () => fc.assert(fc.property(arbitrary, property), { numRuns });
}

t.test('printing a parsed URI is stable and safe', async (t) => {
  const check = (text: string) => {
    const uri = parseUri(text);
    const printed = printUri(uri);
    assert.match(printed, SAFE);
    assert.deepEqual(parseUri(printed), parseUri(text.replaceAll('!', '%21')));
    assert.equal(printed.toLowerCase(), text.replaceAll('!', '%21').toLowerCase());
  };
  t.doesNotThrow(holds(validUri, 1_000, check));
});

t.test('a user put into a location comes out again, whatever it is', async (t) => {
  const check = (user: string) => {
    const printed = printUri(withUser(parseUri('sip:192.0.2.10'), user));
    assert.match(printed, SAFE);
    assert.equal(decodeURIComponent(parseUri(printed).user ?? ''), user);
  };
  t.doesNotThrow(holds(fc.string({ unit: 'binary', minLength: 1, maxLength: 15 }), 2_000, check));
});

/** What the text is when it is printed, or undefined when it is refused as it should be. */
function printedOrRefused(print: (text: string) => string, text: string): string | undefined {
  try {
    return print(text);
  } catch (error) {
    assert.ok(error instanceof SipSyntaxError, `threw ${error}`);
    assert.match(error.message, /^[ -~]+$/);
    return undefined;
  }
}

for (const [what, print] of [
  ['a URI', (text: string) => printUri(parseUri(text))],
  ['an address', (text: string) => printAddress(parseAddress(text))],
  ['a host', parseHost],
] as const) {
  t.test(`10,000 hostile texts end in ${what} that is safe to print, or in a SipSyntaxError`, async (t) => {
    let printed = 0;
    const check = (text: string) => {
      const once = printedOrRefused(print, text);
      if (once === undefined) return;
      printed += 1;
      assert.match(once, SAFE);
      assert.equal(printedOrRefused(print, once), once);
    };
    t.doesNotThrow(holds(fc.oneof(anyText, validUri, host), 10_000, check));
    t.ok(printed > 100, `${printed} of them were parsed`);
  });
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { type ContactValue, parseContactHeader } from '../../src/sip/contact.js';
import { parsePath, printPath } from '../../src/sip/path.js';
import { printQ } from '../../src/sip/q-value.js';
import { SipSyntaxError } from '../../src/sip/sip-syntax-error.js';

const INSTANCE = '<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>';

function contactsOf(text: string): readonly ContactValue[] {
  const header = parseContactHeader(text);
  return header.star ? [] : header.contacts;
}

function printContact(contact: ContactValue): string {
  let text = `<${contact.uri}>`;
  if (contact.q !== null) text += `;q=${printQ(contact.q)}`;
  if (contact.expires !== null) text += `;expires=${contact.expires}`;
  if (contact.instance !== null) text += `;+sip.instance="${contact.instance}"`;
  return contact.reg_id === null ? text : `${text};reg-id=${contact.reg_id}`;
}

t.test('a phone that keeps a flow (RFC 5626)', async (t) => {
  const text = `"Alice \\"A\\", <x>;y" <sip:alice@10.0.0.7:5062;transport=udp;ob> ; expires=300;q=0.5;+SIP.instance="${INSTANCE}";reg-id=1;methods="INVITE, ACK";received=[::1];audio`;
  t.same(contactsOf(text), [
    { uri: 'sip:alice@10.0.0.7:5062;transport=udp;ob', q: 500, expires: 300, instance: INSTANCE, reg_id: 1 },
  ]);
});

t.test('the spellings of a contact', async (t) => {
  const bare = { q: null, expires: null, instance: null, reg_id: null };
  for (const [text, contacts] of [
    ['<sip:a@h>', [{ ...bare, uri: 'sip:a@h' }]],
    ['\t <SIP:a@H>\t ', [{ ...bare, uri: 'sip:a@h' }]],
    ['Alice van Dyk <sip:a@h>', [{ ...bare, uri: 'sip:a@h' }]],
    ['Alice<sip:a@h>', [{ ...bare, uri: 'sip:a@h' }]],
    ['*star* <sip:a@h>', [{ ...bare, uri: 'sip:a@h' }]],
    ['"é" <sip:a@h>', [{ ...bare, uri: 'sip:a@h' }]],
    ['sip:a@h;expires=60', [{ ...bare, uri: 'sip:a@h', expires: 60 }]],
    ['sip:a@h ; Expires = 4294967295', [{ ...bare, uri: 'sip:a@h', expires: 4_294_967_295 }]],
    ['<sip:a;b=c@h;expires=1>;expires=0', [{ ...bare, uri: 'sip:a;b=c@h;expires=1', expires: 0 }]],
    [
      '<sip:a,b@h> , sip:c@h;q=1.000',
      [
        { ...bare, uri: 'sip:a,b@h' },
        { ...bare, uri: 'sip:c@h', q: 1_000 },
      ],
    ],
    ['<sip:a@h>;reg-id=3', [{ ...bare, uri: 'sip:a@h' }]],
    ['<sip:%00@h>', [{ ...bare, uri: 'sip:%00@h' }]],
  ] as const) {
    t.same(contactsOf(text), contacts, text);
  }
  t.same(parseContactHeader(' * \t'), { star: true });
});

t.test('what is no contact is refused, and the message names the part', async (t) => {
  const withParam = (param: string) => `<sip:a@h>;${param}`;
  for (const [text, part] of [
    ['', /URI/],
    [' ', /URI/],
    ['*;expires=0', /URI/],
    ['*, <sip:a@h>', /URI/],
    ['<sip:a@h>, *', /URI/],
    ['<sip:a@h', /not closed/],
    ['"Alice <sip:a@h>', /quoted string/],
    ['"Alice\\', /quoted string/],
    ['"Ali\r\nce" <sip:a@h>', /quoted string/],
    ['"Ali\\\nce" <sip:a@h>', /quoted string/],
    ['"a" "b" <sip:a@h>', /URI/],
    ['<sip:a@h>\r\n ;q=1', /character/],
    ['<sip:a@h>\r\nRoute: <sip:evil>', /character/],
    ['<sip:a@h> <sip:b@h>', /character/],
    ['<sip:a@h>,', /URI/],
    ['<sip:a@h>,,<sip:b@h>', /URI/],
    ['< sip:a@h>', /URI/],
    ['<sip:a@h?Route=x>', /headers/],
    ['sip:a@h?Route=x', /"\?"/],
    ['sip:a,b@h', /URI/],
    ['sip:a;b@h', /character/],
    ['<tel:+14155550100>', /URI/],
    [withParam(''), /parameter/],
    [withParam('q='), /value/],
    [withParam('q=0.5;Q=0.5'), /parameter q stands twice/],
    [withParam('x;x'), /parameter x stands twice/],
    [withParam('x=[::g]'), /host/],
    [withParam('x="'), /quoted string/],
    [withParam('q'), /^q /],
    [withParam('q="0.5"'), /^q /],
    [withParam('q=1.5'), /^q /],
    [withParam('q=0.1234'), /^q /],
    [withParam('q=abc'), /^q /],
    [withParam('q=-1'), /^q /],
    [withParam('q=.5'), /^q /],
    [withParam('q=1.001'), /^q /],
    [withParam('q=0.1.2'), /^q /],
    [withParam('q=00.5'), /^q /],
    [withParam('q=0.5e1'), /^q /],
    [withParam('expires'), /^expires /],
    [withParam('expires=-1'), /^expires /],
    [withParam('expires=soon'), /^expires /],
    [withParam('expires=4294967296'), /^expires /],
    [withParam('expires=1.5'), /^expires /],
    [withParam(`expires=${'9'.repeat(400)}`), /^expires /],
    [withParam(`+sip.instance="${INSTANCE}";reg-id=0`), /^reg-id /],
    [withParam(`+sip.instance="${INSTANCE}";reg-id=2147483648`), /^reg-id /],
    [withParam('reg-id=x'), /^reg-id /],
    [withParam('+sip.instance'), /instance/],
    [withParam('+sip.instance=urn'), /instance/],
    [withParam('+sip.instance="urn:uuid:1"'), /instance/],
    [withParam('+sip.instance="<mac:1>"'), /instance/],
    [withParam('+sip.instance="<urn:uuid:>"'), /instance/],
    [withParam('+sip.instance="<urn:uuid:1><urn:uuid:2>"'), /instance/],
    [withParam('+sip.instance="<urn:uuid:1 2>"'), /instance/],
    [withParam('+sip.instance="<urn:uuid:\\">"'), /instance/],
    [withParam(`+sip.instance="<urn:uuid:${'1'.repeat(250)}>"`), /instance/],
    [withParam(Array.from({ length: 33 }, (_, i) => `p${i}`).join(';')), /parameters/],
    [Array.from({ length: 11 }, (_, i) => `<sip:a${i}@h>`).join(), /10 contacts/],
    [`<sip:a@h>;x="${'y'.repeat(2_000)}"`, /longer/],
  ] as const) {
    t.throws(
      () => parseContactHeader(text),
      { name: 'SipSyntaxError', message: part },
      JSON.stringify(text.slice(0, 60)),
    );
  }
});

const blanks = fc.constantFrom('', ' ', '\t ');
const validContact = fc.record({
  name: fc.constantFrom('', 'Alice', 'A B ', '"x, <y>; \\"z\\"" '),
  user: fc.stringMatching(/^[a-z0-9,;?&=+$]{1,10}$/),
  q: fc.option(fc.integer({ min: 0, max: 1_000 })),
  expires: fc.option(fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  flow: fc.option(fc.tuple(fc.uuid(), fc.option(fc.integer({ min: 1, max: 2 ** 31 - 1 })))),
  blanks,
});

type ValidContact = typeof validContact extends fc.Arbitrary<infer T> ? T : never;

t.test('a printed contact parses back equal', async (t) => {
  const check = (list: readonly ValidContact[]) => {
    const expected = list.map(({ user, q, expires, flow }) => ({
      uri: `sip:${user}@10.0.0.7:5062;transport=udp`,
      q,
      expires,
      instance: flow === null ? null : `<urn:uuid:${flow[0]}>`,
      reg_id: flow?.[1] ?? null,
    }));
    const texts = expected.map((contact, i) => {
      const { name = '', blanks = '' } = list[i] ?? {};
      const text = printContact(contact).replaceAll(
        ';reg-id=',
        `${blanks};${blanks}reg-id${blanks}=${blanks}`,
      );
      return `${blanks}${name}${text}${blanks}`;
    });
    const parsed = contactsOf(texts.join());
    assert.deepEqual(parsed, expected);
    assert.deepEqual(contactsOf(parsed.map(printContact).join(', ')), parsed);
  };
  const lists = fc.array(validContact, { minLength: 1, maxLength: 6 });
  t.doesNotThrow(() => fc.assert(fc.property(lists, check), { numRuns: 1_000 }));
});

/** What must never reach a SIP message from a parsed part: control characters, blanks, `<`, `>`, `"`, non-ASCII. */
const SAFE = /^[!#-;=?-~]*$/;

/** Text that often is nearly a Contact or a Path, so that the fuzz gets past the first character. */
const fragment = fc.constantFrom(
  ...'<sip:a@h> <sip:h;lr> sip:a@h < > " \\ ; = , * q 0.5 ;q=0.5 expires ;expires=300 ;reg-id=1'.split(' '),
  ...'+sip.instance ;+sip.instance="<urn:uuid:1>" "<urn:uuid:1>" ? Alice é % @ : [::1] [ ]'.split(' '),
  ...[' ', '\t', '\r\n', '\0', '\ud800', '"A, <b>" '],
);
const fragments = (maxLength: number) => fc.array(fragment, { maxLength }).map((parts) => parts.join(''));
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fragments(40),
  fragments(6).map((text) => `<sip:a@h;lr>${text}`),
);

/** What the text holds, or nothing when it is refused as it should be. */
function valuesOrRefused<T>(parse: (text: string) => readonly T[], text: string): readonly T[] {
  try {
    return parse(text);
  } catch (error) {
    assert.ok(error instanceof SipSyntaxError, `threw ${error}`);
    assert.match(error.message, /^[ -~]+$/);
    return [];
  }
}

function checkBracketed(text: string): void {
  assert.match(text, /^<.*>$/);
  assert.match(text.slice(1, -1), SAFE);
}

t.test('exclamation marks are escaped, over which tm of Kamailio trips', async (t) => {
  t.match(contactsOf('<sip:a!b@10.0.0.7;x=!>;+sip.instance="<urn:x-test:a!b>"'), [
    { uri: 'sip:a%21b@10.0.0.7;x=%21', instance: '<urn:x-test:a%21b>' },
  ]);
});

t.test('10,000 hostile texts end in contacts that are safe to print, or in a SipSyntaxError', async (t) => {
  let parsed = 0;
  const check = (text: string) => {
    const contacts = valuesOrRefused(contactsOf, text);
    if (contacts.length === 0) return;
    parsed += 1;
    for (const contact of contacts) {
      assert.match(contact.uri, SAFE);
      if (contact.instance !== null) checkBracketed(contact.instance);
    }
    assert.deepEqual(valuesOrRefused(contactsOf, contacts.map(printContact).join()), contacts);
  };
  t.doesNotThrow(() => fc.assert(fc.property(anyText, check), { numRuns: 10_000 }));
  t.ok(parsed > 100, `${parsed} of them were parsed`);
});

t.test('10,000 hostile texts end in hops that are safe to print, or in a SipSyntaxError', async (t) => {
  let parsed = 0;
  const check = (text: string) => {
    const hops = valuesOrRefused(parsePath, text);
    if (hops.length === 0) return;
    parsed += 1;
    hops.forEach(checkBracketed);
    assert.deepEqual(valuesOrRefused(parsePath, printPath(hops)), hops);
  };
  t.doesNotThrow(() => fc.assert(fc.property(anyText, check), { numRuns: 10_000 }));
  t.ok(parsed > 100, `${parsed} of them were parsed`);
});

t.test('no text of 2,000 characters takes long, whatever it repeats', async (t) => {
  const starts =
    '|<|"|sip:|<sip:|<sip:a@|<sip:a@[|<sip:a@h;|<sip:a@h>;|<sip:a@h>;+sip.instance="<urn:uuid:'.split('|');
  const repeated = 'a|a |<|"|\\|;a|;|,|%|%41| |\t|<sip:a@h>,|;a=b|[|:|::1|.|a.|@'.split('|');
  const texts = starts.flatMap((start) =>
    repeated.map((part) => (start + part.repeat(2_000)).slice(0, 2_000)),
  );
  const begun = performance.now();
  for (const text of texts) valuesOrRefused(contactsOf, text);
  const each = (performance.now() - begun) / texts.length;
  t.ok(each < 2, `${each.toFixed(3)} ms each`);
});

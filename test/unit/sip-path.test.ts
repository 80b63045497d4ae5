import t from 'tap';
import { firstHop, parsePath, printPath } from '../../src/sip/path.js';
import { parseQ, printQ } from '../../src/sip/q-value.js';

t.test('a path is its hops, printed', async (t) => {
  const path = parsePath(
    '"Edge" <sip:Edge1.example.com;lr>;x=y , <SIP:edge@10.0.0.1:5070;lr=on;received=sip:203.0.113.9:5062;ob>',
  );
  t.same(path, [
    '<sip:edge1.example.com;lr>',
    '<sip:edge@10.0.0.1:5070;lr=on;received=sip:203.0.113.9:5062;ob>',
  ]);
  t.equal(printPath(path), path.join(','));
  t.same(parsePath(printPath(path)), path);
  t.equal(firstHop(printPath(path)), 'sip:edge1.example.com;lr');
  for (const [text, part] of [
    ['', /angle brackets/],
    ['sip:h;lr', /angle brackets/],
    ['<sip:h>', /loose/],
    ['<sip:h>;lr', /loose/],
    ['<sip:h;lr?x=y>', /headers/],
    ['<sip:h;lr>,', /angle brackets/],
    ['<sip:h;lr>\r\nRoute: <sip:evil>', /character/],
    ['<sip:h;lr>;x;x', /twice/],
    [Array.from({ length: 6 }, () => '<sip:h;lr>').join(), /5 hops/],
    [`<sip:h;lr>;x="${'y'.repeat(2_000)}"`, /longer/],
  ] as const) {
    t.throws(
      () => parsePath(text),
      { name: 'SipSyntaxError', message: part },
      JSON.stringify(text.slice(0, 60)),
    );
  }
});

t.test('every q value prints as SIP and JSON write it and parses back', async (t) => {
  for (let q = 0; q <= 1_000; q += 1) {
    const printed = String(printQ(q));
    if (parseQ(printed) !== q || printed.length > 5) t.fail(`q ${q} prints as ${printed}`);
  }
  t.equal(printQ(830), 0.83);
  t.equal(parseQ('0.'), 0);
  t.equal(parseQ('1.0'), 1_000);
});

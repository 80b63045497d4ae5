import t from 'tap';
import { acceptedExpiry, MOST_SECONDS } from '../../src/register/accepted-expiry.js';
import { parseContactHeader } from '../../src/sip/contact.js';

const INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"';

interface Asked {
  readonly contact?: string;
  readonly expires?: number | null;
}

/** What is granted of `asked` when the contact center's 2xx has this Contact and this Expires. */
function granted(answer: string | null, expires: number | null, asked: Asked = {}): number[] {
  const header = answer === null ? null : parseContactHeader(answer);
  const contacts = header === null || header.star ? [] : header.contacts;
  const contact = parseContactHeader(asked.contact ?? '<sip:alice@10.0.0.7:5062>;expires=300');
  const request = { contact, expires: asked.expires ?? null };
  return acceptedExpiry({ contacts, expires }, request, 300).map((one) => one.expires);
}

t.test("the phone's contact among all that the contact center holds", async (t) => {
  const others = '<sip:alice@10.0.0.9>;expires=3600, ';
  t.same(granted(`${others}<sip:alice@10.0.0.7:5062>;expires=40`, null), [40], 'by its URI');
  t.same(granted(`${others}<sip:alice@10.0.0.7:5062;transport=udp>;expires=40`, null), [40], 'by its place');
  const contact = `<sip:alice@10.0.0.7:5062>;${INSTANCE};reg-id=1`;
  const answer = `${others}<sip:a@192.0.2.1>;expires=41;${INSTANCE};reg-id=1, <sip:a@192.0.2.1>;expires=42;${INSTANCE};reg-id=2`;
  t.same(granted(answer, null, { contact }), [41], 'by its instance and flow');
});

t.test('else its Expires, else what was asked', async (t) => {
  t.same(granted('<sip:alice@10.0.0.7:5062>', 50), [50]);
  t.same(granted('<sip:alice@10.0.0.9>;expires=3600', 50), [50]);
  t.same(granted(null, 50), [50]);
  t.same(granted(null, null), [300]);
  t.same(granted(null, null, { contact: '<sip:a@h>', expires: 200 }), [200]);
  t.same(granted(null, null, { contact: '<sip:a@h>' }), [300], 'the default');
});

t.test('less than our minimum counts, and so does more than our maximum', async (t) => {
  t.same(granted('<sip:alice@10.0.0.7:5062>;expires=5', null), [5]);
  t.same(granted('<sip:alice@10.0.0.7:5062>;expires=7200', null), [7200]);
  t.same(granted('<sip:alice@10.0.0.7:5062>;expires=4294967295', null), [MOST_SECONDS]);
  t.same(granted('<sip:alice@10.0.0.7:5062>;expires=0', null), [0]);
});

t.test('what the phone withdraws stays withdrawn, whatever else is said', async (t) => {
  t.same(
    granted('<sip:alice@10.0.0.9>;expires=3600', 3600, { contact: '<sip:alice@10.0.0.7>;expires=0' }),
    [0],
  );
  t.same(granted(null, 3600, { contact: '<sip:alice@10.0.0.7>', expires: 0 }), [0]);
  t.same(granted(null, null, { contact: '*', expires: 0 }), []);
});

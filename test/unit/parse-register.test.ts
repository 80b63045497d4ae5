import fc from 'fast-check';
import t from 'tap';
import { Problem } from '../../src/errors.js';
import { parseRegister } from '../../src/register/parse-register.js';

const GOOD = {
  aor: 'sip:alice@cc.example.com',
  contact: '<sip:alice@10.0.0.7:5062>;expires=300',
  path: '<sip:edge1.example.com;lr>, <sip:edge0.example.com;lr>',
  received: 'sip:203.0.113.9:5062',
};

function parse(part: object) {
  try {
    return parseRegister({ ...GOOD, call_id: 'a', cseq: 1, ...part });
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

t.test('what is left out is null, what is there is printed anew', async (t) => {
  t.strictSame(parseRegister({ aor: 'SIP:alice@CC.example.com', contact: '*', call_id: 'a', cseq: 1 }), {
    address: { user: 'alice', domain: 'cc.example.com' },
    contact: { star: true },
    expires: null,
    call_id: 'a',
    cseq: 1,
    path: null,
    received: null,
    user_agent: null,
    node: null,
    source_ip: null,
    authenticated: false,
    contact_center: null,
  });
  t.match(parse({}), {
    path: '<sip:edge1.example.com;lr>,<sip:edge0.example.com;lr>',
    received: GOOD.received,
  });
});

t.test("what can't be read of the contact center's answer says nothing", async (t) => {
  const answer = (part: object) => {
    const parsed = parse({ contact_center_status: 200, ...part });
    return 'contact_center' in parsed ? parsed.contact_center : parsed;
  };
  t.same(answer({ contact_center_contact: '<sip:alice@10.0.0.7>;expires=40', contact_center_expires: 60 }), {
    status: 200,
    contacts: [{ uri: 'sip:alice@10.0.0.7', q: null, expires: 40, instance: null, reg_id: null }],
    expires: 60,
  });
  for (const contact_center_contact of ['<tel:+14155550100>', '*', '', null]) {
    t.same(answer({ contact_center_contact }), { status: 200, contacts: [], expires: null });
  }
  t.equal(answer({ contact_center_status: null, contact_center_contact: '<sip:a@b>' }), null);
});

t.test('every malformed field is named', async (t) => {
  const problem = parse({ aor: 'alice', contact: '<', path: '', received: 'sip:a@b?c=d' });
  t.match(problem, { code: 'bad_request' });
  t.same(problem instanceof Problem && problem.fields.map(({ field }) => field), [
    '/aor',
    '/contact',
    '/path',
    '/received',
  ]);
});

const spoilt = (text: string) =>
  fc
    .record({ at: fc.nat(text.length), insert: fc.string({ unit: 'binary', maxLength: 4 }) })
    .map(({ at, insert }) => text.slice(0, at) + insert + text.slice(at));

t.test('whatever comes from the wire, nothing that breaks a SIP message goes on', async () => {
  const part = fc.record({
    aor: spoilt(GOOD.aor),
    contact: spoilt(GOOD.contact),
    path: spoilt(GOOD.path),
    received: spoilt(GOOD.received),
  });
  const unsafe = /[^\x21-\x7e]/;
  fc.assert(
    fc.property(part, (fields) => {
      const parsed = parse(fields);
      if (parsed instanceof Problem) return parsed.fields.length > 0;
      const contacts = parsed.contact.star ? [] : parsed.contact.contacts.map(({ uri }) => uri);
      const bare = [...contacts, parsed.received ?? ''];
      return (
        ![...bare, parsed.path ?? ''].some((text) => unsafe.test(text)) &&
        !bare.some((text) => /[<>"]/.test(text))
      );
    }),
    { numRuns: 2_000 },
  );
});

import fc from 'fast-check';
import t from 'tap';
import { contactFault } from '../../src/directory/contact-fault.js';
import { Directory } from '../../src/directory/directory.js';
import { canonicalNetwork, isWithin } from '../../src/directory/networks.js';
import { Problem } from '../../src/errors.js';
import type { ParsedRegister } from '../../src/register/parse-register.js';
import { refuseContacts } from '../../src/register/refuse-contacts.js';
import { parseContactHeader } from '../../src/sip/contact.js';
import { contactCenter, DOMAIN, registrar } from '../support/contact-center.js';

const NETWORKS = ['10.0.0.0/8', '2001:db8::/32'];

t.test('networks have one spelling', async (t) => {
  const spellings: [string, string | null][] = [
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3/32'],
    ['2001:DB8:0::/32', '2001:db8::/32'],
    ['::1', '::1/128'],
    ['::ffff:10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
  ];
  for (const [text, printed] of spellings) t.equal(canonicalNetwork(text), printed, text);
  for (const text of [
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '[::1]/128',
    'a',
    '1.2.3.4/-1',
  ]) {
    t.equal(canonicalNetwork(text), null, text);
  }
});

t.test('where a phone may be', async (t) => {
  const fine = [
    'sip:a@10.0.0.7:5062;transport=udp',
    'sip:[2001:db8::7]',
    'sips:a@[::ffff:10.0.0.7]',
    'sip:10.0.0.7;maddr=10.0.0.8',
  ];
  for (const uri of fine) {
    t.equal(contactFault(uri, NETWORKS), null, uri);
    t.equal(contactFault(uri, null), null, uri);
  }
  const elsewhere = [
    ['sip:a@192.0.2.7', /outside/],
    ['sip:a@[2001:db9::7]', /outside/],
    ['sip:a@10.0.0.7;maddr=192.0.2.7', /outside/],
    ['sip:a@10.0.0.7.example.com', /not a name/],
    ['sip:a@10.0.0.7;maddr=example.com', /not a name/],
  ] as const;
  for (const [uri, fault] of elsewhere) {
    t.match(contactFault(uri, NETWORKS), fault, uri);
    t.equal(contactFault(uri, null), null, uri);
  }
  const nowhere = [
    '0.0.0.0',
    '224.0.1.75',
    '239.255.255.250',
    '255.255.255.255',
    '[::]',
    '[ff02::1]',
    '[::ffff:224.0.0.1]',
  ];
  for (const host of nowhere) {
    t.match(contactFault(`sip:a@${host}`, null), /no phone has/, host);
    t.match(contactFault(`sip:a@10.0.0.7;maddr=${host}`, ['0.0.0.0/0', '::/0']), /no phone has/, host);
  }
});

t.test('every address is within its own networks and those only', async () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(address, fc.nat(128), (ip, bits) => {
      const network = canonicalNetwork(`${ip}/${ip.includes(':') ? bits : bits % 33}`);
      // an IPv4 address in IPv6 is one of IPv4, and may have no such prefix
      if (network === null) return ip.includes(':');
      return isWithin([network], (canonicalNetwork(ip) ?? '').split('/')[0] as string);
    }),
  );
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1), fc.nat(32), (a, b, bits) => {
      const dotted = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
      const prefix = (n: number) => (bits === 0 ? 0 : n >>> (32 - bits));
      return isWithin([`${dotted(a)}/${bits}`], dotted(b)) === (prefix(a) === prefix(b));
    }),
  );
});

const directory = new Directory();
directory.putContactCenter(contactCenter());
directory.putNode(registrar({ node: 'reg1' }));

function fieldsOf(
  part: Partial<ParsedRegister>,
  contact = '<sip:alice@10.0.0.7>',
  networks: readonly string[] | null = NETWORKS,
) {
  const request: ParsedRegister = {
    address: { user: 'alice', domain: DOMAIN },
    contact: parseContactHeader(contact),
    expires: null,
    call_id: 'alice@phone',
    cseq: 1,
    path: null,
    received: null,
    user_agent: null,
    node: 'edge1',
    source_ip: null,
    authenticated: false,
    contact_center: null,
    ...part,
  };
  try {
    refuseContacts(directory, contactCenter({ allowed_networks: networks }), request);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [error.code, ...error.fields.map(({ field }) => field)];
  }
}

t.test('each way in which a REGISTER says where a phone is', async (t) => {
  const refused = (field: string) => ['contact_not_allowed', field];
  const edge = '<sip:192.0.2.5;transport=udp;lr>';
  t.same(fieldsOf({ received: 'sip:10.9.9.9:5062', path: edge }), [], 'the edge itself may be anywhere');
  t.same(fieldsOf({}, '<sip:alice@10.0.0.7>, <sip:alice@192.0.2.7>'), refused('/contact'));
  t.same(fieldsOf({ received: 'sip:203.0.113.9:5062' }), refused('/received'));
  t.same(
    fieldsOf({ path: '<sip:192.0.2.5;lr;received=sip:203.0.113.9:5062%3Btransport%3Dudp>' }),
    refused('/path'),
  );
  t.same(fieldsOf({ path: '<sip:192.0.2.5;lr;received=sip:10.0.0.9:5062%3Btransport%3Dudp>' }), []);
  t.same(fieldsOf({ path: '<sip:192.0.2.5;lr;received=%ff>' }), ['bad_request', '/path']);
  t.same(fieldsOf({ path: '<sip:192.0.2.5;lr;received=x>' }), ['bad_request', '/path']);
  t.same(fieldsOf({ path: `${edge},<sip:192.0.2.66;lr>` }), refused('/path'), "the phone's own Path");
  t.same(fieldsOf({ path: edge, node: 'reg1' }), refused('/path'), 'a registrar adds none to it');
  t.same(fieldsOf({ path: `${edge},<sip:10.0.0.1;lr>` }), []);
  t.same(fieldsOf({ expires: 0 }, '<sip:alice@192.0.2.7>'), [], 'it leaves');
  t.same(fieldsOf({ expires: 300 }, '<sip:alice@192.0.2.7>;expires=0'), [], 'it leaves');
  t.same(fieldsOf({ expires: 0 }, '*'), []);
  t.same(fieldsOf({}, '<sip:alice@192.0.2.7>', null), []);
  t.same(fieldsOf({}, `<sip:bob@${DOMAIN}>`, null), refused('/contact'), 'the call would come back');
  t.same(fieldsOf({}, '<sip:alice@239.1.1.1>', null), refused('/contact'));
});

import fc from 'fast-check';
import t from 'tap';
import type { ContactCenter } from '../../src/directory/contact-center.js';
import { Problem } from '../../src/errors.js';
import type { AcceptedEndpoint } from '../../src/register/accepted-endpoint.js';
import type { ParsedRegister } from '../../src/register/parse-register.js';
import { type Turn, turnOf } from '../../src/register/turn.js';
import { parseContactHeader } from '../../src/sip/contact.js';
import { contactCenter, DOMAIN, NOW } from '../support/contact-center.js';

const URI = 'sip:alice@10.0.0.7:5062';
const HOME = '203.0.113.9';
const HELD = 14_400;

function request(part: Partial<ParsedRegister> = {}, contact = `<${URI}>`): ParsedRegister {
  return {
    address: { user: 'alice', domain: DOMAIN },
    contact: parseContactHeader(contact),
    expires: null,
    call_id: 'alice@phone',
    cseq: 2,
    path: null,
    received: null,
    user_agent: null,
    node: 'edge1',
    source_ip: HOME,
    authenticated: false,
    contact_center: null,
    ...part,
  };
}

function accepted(part: Partial<AcceptedEndpoint> = {}): AcceptedEndpoint {
  const times = { accepted_at: NOW - 300_000, expires_at: NOW };
  return { domain: DOMAIN, agent: 'alice', key: URI, source_ip: HOME, ...times, ...part };
}

interface Case {
  readonly center?: Partial<ContactCenter>;
  readonly request?: ParsedRegister;
  readonly bypass?: boolean;
  readonly accepted?: readonly AcceptedEndpoint[];
  readonly now?: number;
}

function turn(one: Case = {}): Turn | string {
  const asking = {
    center: contactCenter({ registers_agents: true, ...one.center }),
    request: one.request ?? request(),
    bypass: one.bypass ?? false,
    accepted: one.accepted ?? [],
  };
  try {
    return turnOf(asking, one.now ?? NOW);
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

const answered = (status: number) => request({ contact_center: { status, contacts: [], expires: null } });
const inBypass = (one: Case = {}) => turn({ bypass: true, accepted: [accepted()], ...one });

t.test('a contact center that registers its agents is asked first, any other is not', async (t) => {
  t.same(turn(), { kind: 'ask' });
  const center = contactCenter();
  t.same(turn({ center: { registers_agents: false } }), { kind: 'ours', bounds: center.expiry });
  t.same(turn({ center: { registers_agents: false }, bypass: true }), {
    kind: 'ours',
    bounds: center.expiry,
  });
});

t.test('its 2xx counts, also when it is said to be down', async (t) => {
  for (const bypass of [true, false]) {
    t.match(turn({ request: answered(200), bypass }), { kind: 'accepted', answer: { status: 200 } });
  }
});

t.test('down, or asked in vain: whom it had accepted is registered on its behalf', async (t) => {
  t.match(inBypass(), { kind: 'on_behalf', bounds: contactCenter().expiry });
  for (const status of [408, 477, 503]) {
    t.match(turn({ request: answered(status), accepted: [accepted()] }), { kind: 'on_behalf' });
    t.equal(turn({ request: answered(status) }), 'contact_center_down');
  }
});

t.test('a phone is known by its key and its address, whatever its port', async (t) => {
  t.equal(inBypass({ accepted: [] }), 'contact_center_down');
  t.equal(inBypass({ accepted: [accepted({ key: 'sip:alice@10.0.0.8' })] }), 'contact_center_down');
  t.equal(inBypass({ accepted: [accepted({ source_ip: '198.51.100.1' })] }), 'contact_center_down');
  t.match(inBypass({ accepted: [accepted({ source_ip: null })], request: request({ source_ip: null }) }), {
    kind: 'on_behalf',
  });
  const both = request({}, `<${URI}>, <sip:alice@10.0.0.8>`);
  t.equal(inBypass({ request: both }), 'contact_center_down', 'each of its contacts must be known');
});

t.test('a star may be sent by any phone that is known', async (t) => {
  const star = request({ expires: 0 }, '*');
  t.match(inBypass({ request: star }), { kind: 'on_behalf' });
  t.equal(inBypass({ request: { ...star, source_ip: '198.51.100.1' } }), 'contact_center_down');
});

t.test('by policy anybody may register, as usual', async (t) => {
  t.same(inBypass({ center: { phones_in_bypass: 'all' }, accepted: [] }), {
    kind: 'on_behalf',
    bounds: contactCenter().expiry,
  });
});

t.test('nothing is granted past held_seconds after what the contact center granted', async (t) => {
  const end = NOW + HELD * 1000;
  t.match(inBypass({ now: end - 10_000 }), {
    bounds: { min_seconds: 10, default_seconds: 10, max_seconds: 10 },
  });
  t.equal(inBypass({ now: end - 999 }), 'contact_center_down');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 * HELD * 1000 }), (ms) => {
      const granted = inBypass({ now: NOW + ms });
      if (typeof granted === 'string') return ms > HELD * 1000 - 1000;
      return granted.kind === 'on_behalf' && NOW + ms + granted.bounds.max_seconds * 1000 <= end;
    }),
  );
});

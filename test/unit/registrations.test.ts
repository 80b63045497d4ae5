import fc from 'fast-check';
import t from 'tap';
import type { ContactCenter } from '../../src/directory/contact-center.js';
import { Directory } from '../../src/directory/directory.js';
import type { Endpoint } from '../../src/directory/endpoint.js';
import type { Registration } from '../../src/kamailio/registration.js';
import type { ParsedRegister } from '../../src/register/parse-register.js';
import { planRegistration } from '../../src/register/plan-registration.js';
import { registrationsFor } from '../../src/register/registrations.js';
import { parseContactHeader } from '../../src/sip/contact.js';
import { agent, contactCenter, DOMAIN, endpoint, NOW } from '../support/contact-center.js';

const URI = 'sip:alice@10.0.0.7:5062';
const INSTANCE = '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>';

interface Scene {
  readonly center?: ContactCenter;
  readonly endpoints?: readonly Endpoint[];
  readonly name?: string;
  readonly holds?: (aor: string, contact: string) => boolean;
  readonly request?: Partial<ParsedRegister>;
}

/** What `contact` leads to; `holds`: the registrars have the contact center's and the treatments' bindings, or not. */
function registrations(contact: string, scene: Scene = {}): Registration[] {
  const { center = contactCenter(), endpoints = [], name = 'alice', holds = () => true, request } = scene;
  const directory = new Directory();
  directory.putContactCenter(center);
  for (const one of endpoints) directory.putEndpoint(one);
  const found = directory.resolve({ user: name, domain: DOMAIN });
  if (found?.kind !== 'agent') throw new Error(`${name} is no agent`);
  const parsed: ParsedRegister = {
    address: { user: name, domain: DOMAIN },
    contact: parseContactHeader(contact),
    expires: null,
    call_id: 'alice@phone',
    cseq: 12,
    path: null,
    received: null,
    user_agent: null,
    node: null,
    source_ip: null,
    authenticated: false,
    contact_center: null,
    ...request,
  };
  const standing = {
    center,
    agent: found.agent,
    endpoints: directory.endpointsOf(DOMAIN, name, NOW),
    highestCseq: undefined,
    turn: { kind: 'ours', bounds: center.expiry } as const,
  };
  const plan = planRegistration(standing, parsed, NOW);
  for (const one of plan.remove) directory.removeEndpoint(one.domain, one.agent, one.key);
  for (const one of plan.put) directory.putEndpoint(one);
  const { call_id, cseq } = parsed;
  return registrationsFor({ directory, center, agent: found.agent, plan, call_id, cseq, holds }, NOW);
}

const brief = (list: readonly Registration[]) =>
  list.map(({ aor, contact, q, expires }) => `${aor} → ${contact} ${q} ${expires}`);

t.test('B10 B12: own address with the contact center, every skillset, as much as is due', async (t) => {
  t.same(brief(registrations(`<${URI}>;expires=300`)), [
    'sip:alice@cc.example.com → sip:alice@192.0.2.10:5060 1000 300',
    `sip:alice@cc.example.com → ${URI} 500 300`,
    `sip:sales@cc.example.com → ${URI} 899 300`,
    `sip:support@cc.example.com → ${URI} 899 300`,
  ]);
});

t.test('what no registrar holds for good comes along: contact center and treatment', async (t) => {
  const all = [
    'sip:alice@cc.example.com → sip:alice@192.0.2.10:5060 1000 120',
    `sip:alice@cc.example.com → ${URI} 500 120`,
    'sip:sales@cc.example.com → sip:sales@192.0.2.10:5060 1000 120',
    `sip:sales@cc.example.com → ${URI} 899 120`,
    'sip:sales@cc.example.com → sip:moh@192.0.2.30:5070 10 120',
    'sip:support@cc.example.com → sip:support@192.0.2.10:5060 1000 120',
    `sip:support@cc.example.com → ${URI} 899 120`,
    'sip:hold-music@cc.example.com → sip:hold-music@192.0.2.10:5060 1000 120',
    'sip:hold-music@cc.example.com → sip:moh@192.0.2.30:5070 10 120',
  ];
  t.same(brief(registrations(`<${URI}>;expires=120`, { holds: () => false })), all);
  const heldAtSales = (aor: string) => aor.startsWith('sip:sales@');
  t.same(
    brief(registrations(`<${URI}>;expires=120`, { holds: heldAtSales })),
    all.filter((line) => !line.startsWith('sip:sales@') || line.includes(URI)),
  );
});

t.test(
  "an agent's fixed contacts come along where they aren't held for good; nobody else's do",
  async (t) => {
    const cell = { uri: 'sip:+14155550199@trunk.example.net', when: 'always' } as const;
    const center = contactCenter({
      agents: [
        agent(
          'alice',
          { sales: 1 },
          { contacts: [cell, { ...cell, uri: 'sip:a@elsewhere', when: 'bypass' }] },
        ),
        agent('bob', { sales: 2 }, { contacts: [{ ...cell, uri: 'sip:bob@trunk.example.net' }] }),
      ],
    });
    const withTrunk = (holds: boolean) =>
      brief(registrations(`<${URI}>;expires=120`, { center, holds: () => holds })).filter((line) =>
        /trunk|elsewhere/.test(line),
      );
    t.same(withTrunk(false), [
      `sip:alice@cc.example.com → ${cell.uri} 490 120`,
      `sip:sales@cc.example.com → ${cell.uri} 889 120`,
    ]);
    t.same(withTrunk(true), []);
  },
);

t.test(
  'B5 B13: a proxy passes on the Call-ID and CSeq of the phone, a back-to-back user agent its own',
  async (t) => {
    const callIds = (mode: ContactCenter['mode']) =>
      registrations(`<${URI}>`, { center: contactCenter({ mode }) })
        .filter(({ contact }) => contact === URI)
        .map(({ call_id, cseq }) => [call_id, cseq]);
    const [own, ...others] = callIds('proxy');
    t.same(own, ['alice@phone', 12]);
    for (const [call_id, cseq] of [...others, ...callIds('b2bua')]) {
      t.match(call_id, /^[0-9a-f]{32}@understudy$/);
      t.equal(cseq, NOW / 1000);
    }
  },
);

t.test(
  'Path, received and instance travel with each binding; on shared addresses reg-id tells agents apart',
  async (t) => {
    const line = `<${URI}>;+sip.instance="${INSTANCE}";reg-id=1`;
    const request = { path: '<sip:edge1.example.com;lr>', received: 'sip:203.0.113.9:5062' };
    const center = contactCenter();
    const alices = registrations(line, { center, request }).filter(({ role }) => role === 'agent');
    for (const registration of alices) t.match(registration, { ...request, instance: INSTANCE });
    t.equal(alices[0]?.reg_id, 1, 'the own address has it as it is');
    const bobs = registrations(line, { center, request, name: 'bob' });
    const onSales = (list: Registration[]) => list.find(({ aor }) => aor.startsWith('sip:sales@'));
    t.not(onSales(alices)?.reg_id, onSales(bobs)?.reg_id, 'one phone with two lines');
    t.not(onSales(alices)?.call_id, onSales(bobs)?.call_id);
  },
);

t.test(
  'the Call-ID stays where there is an instance, and is new each time where there is none',
  async (t) => {
    const onSales = (contact: string, expires: number) =>
      registrations(contact, { request: { expires } }).find(({ aor }) => aor.startsWith('sip:sales@'))
        ?.call_id;
    const known = `<${URI}>;+sip.instance="${INSTANCE}";reg-id=1`;
    t.equal(onSales(known, 300), onSales(known, 0));
    t.not(onSales(`<${URI}>`, 300), onSales(`<${URI}>`, 0));
  },
);

t.test('a de-REGISTER withdraws that device on every address', async (t) => {
  const other = endpoint('alice', { contact: 'sip:alice@10.0.0.9' });
  t.same(brief(registrations(`<${URI}>;expires=0`, { endpoints: [endpoint(), other, endpoint('bob')] })), [
    `sip:alice@cc.example.com → ${URI} 0 0`,
    `sip:sales@cc.example.com → ${URI} 0 0`,
    `sip:support@cc.example.com → ${URI} 0 0`,
  ]);
});

t.test('a new URI of a known device: the old one is withdrawn everywhere, by its URI alone', async (t) => {
  const old = endpoint('alice', { instance: INSTANCE, reg_id: 1 });
  const list = registrations(`<sip:alice@10.0.0.99>;+sip.instance="${INSTANCE}";reg-id=1`, {
    endpoints: [old],
  });
  const withdrawals = list.filter(({ expires }) => expires === 0);
  t.same(brief(withdrawals), [
    `sip:alice@cc.example.com → ${URI} 0 0`,
    `sip:sales@cc.example.com → ${URI} 0 0`,
    `sip:support@cc.example.com → ${URI} 0 0`,
  ]);
  t.ok(withdrawals.every(({ instance, reg_id }) => instance === null && reg_id === null));
});

t.test("a URI at which another agent is reached is not withdrawn from that agent's address", async (t) => {
  const list = registrations('<sip:bob@10.0.0.7:5062>;expires=0', { endpoints: [endpoint('bob')] });
  t.same(
    list.map(({ aor }) => aor),
    ['sip:alice@cc.example.com', 'sip:support@cc.example.com'],
  );
});

t.test('who finds no place is not bound; who has lost it is withdrawn at the next refresh', async (t) => {
  const agents = Array.from({ length: 10 }, (_, i) => agent(`agent${i}`));
  const center = contactCenter({ agents });
  const best = agents.slice(0, 9).map(({ name }) => endpoint(name));
  const contact = '<sip:agent9@10.0.0.7:5062>';
  const onSales = (endpoints: readonly Endpoint[]) =>
    brief(registrations(contact, { center, endpoints, name: 'agent9' })).filter((line) =>
      line.startsWith('sip:sales@'),
    );
  t.same(onSales(best), []);
  const last = endpoint('agent9', { call_id: 'before' });
  t.same(onSales([...best, last]), ['sip:sales@cc.example.com → sip:agent9@10.0.0.7:5062 0 0']);
  t.same(onSales([...best.slice(1), last]), ['sip:sales@cc.example.com → sip:agent9@10.0.0.7:5062 809 300']);
});

t.test('every registration has the granted expiry', async (t) => {
  const list = registrations(`<${URI}>;expires=99999`, { holds: () => false });
  t.ok(list.every(({ expires }) => expires === 3_600));
});

const phones = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('alice', 'bob'), device: fc.integer({ min: 1, max: 4 }) }),
  { selector: ({ name, device }) => `${name} ${device}` },
);

t.test(
  'whoever is registered, an answer is about the device that registers, and de-REGISTER only withdraws',
  async () => {
    const uri = (name: string, i: number) => `sip:${name}@10.0.0.${i}`;
    fc.assert(
      fc.property(
        phones,
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(0, 300),
        (registered, mine, expires) => {
          const endpoints = registered.map(({ name, device }) =>
            endpoint(name, { contact: uri(name, device), call_id: `${name} ${device}` }),
          );
          const list = registrations(`<${uri('alice', mine)}>;expires=${expires}`, { endpoints });
          const agents = list.filter(({ role }) => role === 'agent');
          return (
            agents.every(({ contact }) => contact === uri('alice', mine)) &&
            agents.length === 3 &&
            list.every((registration) => registration.expires === expires) &&
            (expires > 0 || agents.length === list.length)
          );
        },
      ),
    );
  },
);

import fc from 'fast-check';
import t from 'tap';
import { type ContactCenter, EXPIRY, FAILOVER_ON } from '../../src/directory/contact-center.js';
import { Directory } from '../../src/directory/directory.js';
import { type Endpoint, MAX_BRANCHES, MAX_INV_LIFETIME_MS } from '../../src/directory/endpoint.js';
import { asRtjson, asTargets } from '../../src/invite/as-rtjson.js';
import { planCall } from '../../src/invite/plan-call.js';
import { parseAddress } from '../../src/sip/address.js';
import { parseContactHeader } from '../../src/sip/contact.js';
import { parsePath, printPath } from '../../src/sip/path.js';

const NOW = Date.UTC(2026, 10, 22, 12);
const ID = '0192f3a4-5b6c-7d8e-9f00-112233445566';
const BUDGET = { max_branches: MAX_BRANCHES, max_inv_lifetime_ms: MAX_INV_LIFETIME_MS };

const center = (part: Partial<ContactCenter> = {}): ContactCenter => ({
  domain: 'cc.example.com',
  mode: 'proxy',
  locations: [{ uri: 'sip:192.0.2.10:5060', priority: 1, fr_timer_ms: 1_500 }],
  treatments: [
    { name: 'hold-music', kind: 'music_on_hold', uri: 'sip:moh@192.0.2.30:5070', fr_timer_ms: 2_500 },
  ],
  skillsets: [{ name: 'sales', treatment: 'hold-music', ring_seconds: 12 }],
  agents: [
    { name: 'alice', skills: { sales: 1 } },
    { name: 'bob', skills: { sales: 2 } },
  ],
  expiry: EXPIRY,
  failover_on: { ...FAILOVER_ON, agent: '486' },
  headers: true,
  ...part,
});

const endpoint = (part: Partial<Endpoint>): Endpoint => ({
  domain: 'cc.example.com',
  agent: 'alice',
  key: part.contact ?? 'sip:alice@10.0.0.7:5062',
  contact: 'sip:alice@10.0.0.7:5062',
  instance: null,
  reg_id: null,
  path: null,
  received: null,
  user_agent: null,
  node: null,
  call_id: 'a84b4c76e66710',
  cseq: 1,
  expires: 300,
  expires_at: NOW + 300_000,
  registered_at: NOW,
  ...part,
});

function plan(
  address: string,
  endpoints: readonly Endpoint[],
  { of = center(), budget = BUDGET, fromContactCenter = false } = {},
) {
  const directory = new Directory();
  directory.putContactCenter(of);
  for (const one of endpoints) directory.putEndpoint(one);
  const resolved = directory.resolve(parseAddress(address));
  if (!resolved) throw new Error(`${address} is not provisioned`);
  return planCall(directory, resolved, { budget, fromContactCenter }, NOW);
}

const extra = (i: number) => `X-Understudy-Decision: ${ID}\r\nX-Understudy-Target: ${i}\r\n`;

t.test('a call for a skillset is a document for rtjson_init_routes', async (t) => {
  const path = '<sip:edge1.example.com;lr>,<sip:edge2.example.com;lr>';
  const document = asRtjson(
    plan('sip:sales@cc.example.com', [
      endpoint({ path, received: 'sip:203.0.113.9:5062' }),
      endpoint({ agent: 'bob', contact: 'sip:bob@10.0.0.8:5062', received: 'sip:203.0.113.9:5066' }),
    ]),
    ID,
  );
  t.strictSame(document, {
    version: '1.0',
    routing: 'serial',
    routes: [
      {
        uri: 'sip:sales@192.0.2.10:5060',
        fr_timer: 1_500,
        fr_inv_timer: 170_000,
        headers: { extra: extra(0) },
      },
      {
        uri: 'sip:alice@10.0.0.7:5062',
        dst_uri: 'sip:edge1.example.com;lr',
        path,
        fr_timer: 2_000,
        fr_inv_timer: 12_000,
        headers: { extra: extra(1) },
      },
      {
        uri: 'sip:bob@10.0.0.8:5062',
        dst_uri: 'sip:203.0.113.9:5066',
        fr_timer: 2_000,
        fr_inv_timer: 12_000,
        headers: { extra: extra(2) },
      },
      {
        uri: 'sip:moh@192.0.2.30:5070',
        fr_timer: 2_500,
        fr_inv_timer: 60_000,
        headers: { extra: extra(3) },
      },
    ],
    decision: ID,
    address: 'sip:sales@cc.example.com',
    last_target_after_seconds: 156,
    bypass: false,
    targets: [
      {
        position: 0,
        role: 'contact_center',
        uri: 'sip:sales@192.0.2.10:5060',
        failover_on: '408|5[0-9][0-9]',
        because: 'location 1',
      },
      {
        position: 1,
        role: 'agent',
        agent: 'alice',
        uri: 'sip:alice@10.0.0.7:5062',
        failover_on: '486',
        because: 'sales level 1',
      },
      {
        position: 2,
        role: 'agent',
        agent: 'bob',
        uri: 'sip:bob@10.0.0.8:5062',
        failover_on: '486',
        because: 'sales level 2',
      },
      {
        position: 3,
        role: 'treatment',
        uri: 'sip:moh@192.0.2.30:5070',
        failover_on: '[456][0-9][0-9]',
        because: 'treatment hold-music',
      },
    ],
  });
});

t.test('headers can be switched off, and a reader gets none', async (t) => {
  const calm = plan('sip:sales@cc.example.com', [], { of: center({ headers: false }) });
  t.notOk(asRtjson(calm, ID).routes.some((route) => 'headers' in route));
  t.equal(asRtjson(calm, ID).decision, ID);
  const document = asTargets(plan('sip:sales@cc.example.com', []));
  t.notOk('decision' in document || document.routes.some((route) => 'headers' in route));
});

t.test(
  "on an agent's own address phones ring for half a minute, the last for as long as it may",
  async (t) => {
    const two = [endpoint({}), endpoint({ contact: 'sip:alice@10.0.0.9:5062', registered_at: NOW + 1 })];
    const rings = (fromContactCenter: boolean) =>
      asTargets(plan('sip:alice@cc.example.com', two, { fromContactCenter })).routes.map(
        (r) => r.fr_inv_timer,
      );
    t.same(rings(false), [170_000, 30_000, 170_000]);
    t.same(rings(true), [30_000, 170_000]);
    const budget = { max_branches: MAX_BRANCHES, max_inv_lifetime_ms: 1_000 };
    const [only] = asTargets(plan('sip:alice@cc.example.com', [], { budget })).routes;
    t.equal(only?.fr_inv_timer, 500, 'never a timer that is none');
  },
);

t.test("B7: a treatment's address is the contact center's, then the treatment's own", async (t) => {
  const { targets } = asTargets(plan('sip:hold-music@cc.example.com', []));
  t.same(
    targets.map(({ uri }) => uri),
    ['sip:hold-music@192.0.2.10:5060', 'sip:moh@192.0.2.30:5070'],
  );
});

t.test('twelve targets with ordinary Paths stay well under the 8 KB that Kamailio 5.6 cuts at', async (t) => {
  const names = Array.from({ length: 11 }, (_, i) => `agent-number-${i + 10}`);
  const of = center({ agents: names.map((name) => ({ name, skills: { sales: 1 } })) });
  const endpoints = names.map((agent) =>
    endpoint({
      agent,
      contact: `sip:${agent}@192.168.100.117:50662;transport=tcp;ob`,
      path: '<sip:edge1.callcenter.example.com:5060;lr;received=sip:203.0.113.199:50662>',
    }),
  );
  const budget = { max_branches: 13, max_inv_lifetime_ms: MAX_INV_LIFETIME_MS };
  const document = asRtjson(plan('sip:sales@cc.example.com', endpoints, { of, budget }), ID);
  t.equal(document.routes.length, 12);
  const bytes = Buffer.byteLength(JSON.stringify(document));
  t.comment(`${bytes} bytes`);
  t.ok(bytes < 7_168, `${bytes} bytes`);
});

/** Text that a phone might send, often almost a Contact or a Path, with everything in it that breaks messages. */
const wire = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'sip:',
        'alice',
        '@',
        '10.0.0.7',
        ':5062',
        ';lr',
        ';x=y',
        '%0d%0a',
        '\r\n',
        '\0',
        '<',
        '>',
        '"',
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const almostUri = fc.oneof(
  wire,
  wire.map((text) => `sip:alice@10.0.0.7:5062;${text}`),
  wire.map((text) => `sip:${text}@10.0.0.7`),
  fc.constant('sip:alice@10.0.0.7;ob'),
);
const ours = (uri: string, path: string): Endpoint[] => {
  try {
    const header = parseContactHeader(`<${uri}>`);
    const contact = header.star ? undefined : header.contacts[0]?.uri;
    return contact === undefined ? [] : [endpoint({ contact, path: printPath(parsePath(`<${path};lr>`)) })];
  } catch {
    return [];
  }
};

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

t.test(
  'property: no CR or LF but the ends of our two header lines, no null, one target a route',
  async (t) => {
    let registered = 0;
    const sound = fc.property(fc.array(fc.tuple(almostUri, almostUri), { maxLength: 4 }), (wanted) => {
      const endpoints = wanted.flatMap(([uri, path]) => ours(uri, path));
      registered += endpoints.length;
      const document = asRtjson(plan('sip:sales@cc.example.com', endpoints), ID);
      const { routes, targets } = document;
      const bare = routes.map(({ headers: _, ...route }) => route);
      return (
        routes.every(({ headers }, i) => headers?.extra === extra(i)) &&
        // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
        texts({ ...document, routes: bare }).every((text) => !/[\x00-\x1f\x7f]/.test(text)) &&
        !JSON.stringify(document).includes('null') &&
        targets.length === routes.length &&
        targets.every(({ uri, position }, i) => position === i && uri === routes[i]?.uri) &&
        targets[0]?.role === 'contact_center' &&
        targets.at(-1)?.role === 'treatment'
      );
    });
    t.doesNotThrow(() => fc.assert(sound, { numRuns: 500 }));
    t.ok(registered > 50, `${registered} endpoints got through the parser`);
  },
);

import fc from 'fast-check';
import t from 'tap';
import { type ContactCenter, FAILOVER_ON } from '../../src/directory/contact-center.js';
import type { Endpoint } from '../../src/directory/endpoint.js';
import { MAX_BRANCHES, MAX_INV_LIFETIME_MS } from '../../src/directory/endpoint.js';
import { asRtjson, asTargets, type Printing } from '../../src/invite/as-rtjson.js';
import { decide } from '../../src/invite/decide.js';
import { parseContactHeader } from '../../src/sip/contact.js';
import { parsePath, printPath } from '../../src/sip/path.js';
import { agent, contactCenter, endpoint, NOW, skillset, treatment } from '../support/contact-center.js';
import { situationOf } from '../support/situation.js';

const ID = '0192f3a4-5b6c-7d8e-9f00-112233445566';
const LIMITS = { max_branches: MAX_BRANCHES, max_inv_lifetime_ms: MAX_INV_LIFETIME_MS };

const center = (part: Partial<ContactCenter> = {}): ContactCenter =>
  contactCenter({
    locations: [{ uri: 'sip:192.0.2.10:5060', priority: 1, fr_timer_ms: 1_500 }],
    treatments: [treatment({ fr_timer_ms: 2_500 })],
    skillsets: [skillset('sales', { ring_seconds: 12 })],
    agents: [agent('alice', { sales: 1 }), agent('bob', { sales: 2 })],
    failover_on: { ...FAILOVER_ON, agent: '486' },
    ...part,
  });

function plan(
  user: string,
  endpoints: readonly Endpoint[],
  { of = center(), limits = LIMITS, fromContactCenter = false } = {},
): Printing {
  const situation = situationOf(of, user, endpoints, { limits, fromContactCenter });
  return { situation, decided: decide(situation), ...of };
}

const extra = (i: number) => `X-Understudy-Decision: ${ID}\r\nX-Understudy-Target: ${i}\r\n`;

t.test('a call for a skillset is a document for rtjson_init_routes', async (t) => {
  const path = '<sip:edge1.example.com;lr>,<sip:edge2.example.com;lr>';
  const document = asRtjson(
    plan('sales', [
      endpoint('alice', { path, received: 'sip:203.0.113.9:5062' }),
      endpoint('bob', { contact: 'sip:bob@10.0.0.8:5062', received: 'sip:203.0.113.9:5066' }),
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
    last_target_after_seconds: 76,
    bypass: false,
    targets: [
      {
        position: 0,
        role: 'contact_center',
        uri: 'sip:sales@192.0.2.10:5060',
        failover_on: '408|5[0-9][0-9]',
        progress_timer_ms: 6_000,
        code: 'healthy',
        because: 'location 1 is up',
      },
      {
        position: 1,
        role: 'agent',
        agent: 'alice',
        uri: 'sip:alice@10.0.0.7:5062',
        failover_on: '486',
        code: 'free',
        because: 'sales level 1, free, no call yet',
      },
      {
        position: 2,
        role: 'agent',
        agent: 'bob',
        uri: 'sip:bob@10.0.0.8:5062',
        failover_on: '486',
        code: 'free',
        because: 'sales level 2, free, no call yet',
      },
      {
        position: 3,
        role: 'treatment',
        uri: 'sip:moh@192.0.2.30:5070',
        failover_on: '[456][0-9][0-9]',
        code: 'treatment',
        because: 'treatment hold-music',
      },
    ],
  });
});

t.test('headers can be switched off, and a reader gets none', async (t) => {
  const calm = plan('sales', [], { of: center({ headers: false }) });
  t.notOk(asRtjson(calm, ID).routes.some((route) => 'headers' in route));
  t.equal(asRtjson(calm, ID).decision, ID);
  const document = asTargets(plan('sales', []));
  t.notOk('decision' in document || document.routes.some((route) => 'headers' in route));
});

t.test(
  "on an agent's own address phones ring for half a minute, the last for as long as it may",
  async (t) => {
    const two = [
      endpoint(),
      endpoint('alice', { contact: 'sip:alice@10.0.0.9:5062', registered_at: NOW + 1 }),
    ];
    const rings = (fromContactCenter: boolean) =>
      asTargets(plan('alice', two, { fromContactCenter })).routes.map((r) => r.fr_inv_timer);
    t.same(rings(false), [170_000, 30_000, 170_000]);
    t.same(rings(true), [30_000, 170_000]);
    const limits = { max_branches: MAX_BRANCHES, max_inv_lifetime_ms: 1_000 };
    const [only] = asTargets(plan('alice', [], { limits })).routes;
    t.equal(only?.fr_inv_timer, 500, 'never a timer that is none');
  },
);

t.test("B7: a treatment's address is the contact center's, then the treatment's own", async (t) => {
  const { targets } = asTargets(plan('hold-music', []));
  t.same(
    targets.map(({ uri }) => uri),
    ['sip:hold-music@192.0.2.10:5060', 'sip:moh@192.0.2.30:5070'],
  );
});

t.test('twelve targets with ordinary Paths stay well under the 8 KB that Kamailio 5.6 cuts at', async (t) => {
  const names = Array.from({ length: 11 }, (_, i) => `agent-number-${i + 10}`);
  const of = center({
    agents: names.map((name) => agent(name)),
    skillsets: [skillset('sales', { ring_seconds: 1 })],
  });
  const endpoints = names.map((name) =>
    endpoint(name, {
      contact: `sip:${name}@192.168.100.117:50662;transport=tcp;ob`,
      path: '<sip:edge1.callcenter.example.com:5060;lr;received=sip:203.0.113.199:50662>',
    }),
  );
  const limits = { max_branches: 13, max_inv_lifetime_ms: MAX_INV_LIFETIME_MS };
  const document = asRtjson(plan('sales', endpoints, { of, limits }), ID);
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
    return contact === undefined
      ? []
      : [endpoint('alice', { contact, path: printPath(parsePath(`<${path};lr>`)) })];
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
      const document = asRtjson(plan('sales', endpoints), ID);
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

import fc from 'fast-check';
import t from 'tap';
import type { Endpoint } from '../../src/directory/endpoint.js';
import { Problem } from '../../src/errors.js';
import type { ParsedRegister } from '../../src/register/parse-register.js';
import {
  MAX_ENDPOINTS,
  planRegistration,
  type RegistrationPlan,
} from '../../src/register/plan-registration.js';
import { parseContactHeader } from '../../src/sip/contact.js';
import { agent, contactCenter, DOMAIN, endpoint, NOW } from '../support/contact-center.js';

const URI = 'sip:alice@10.0.0.7:5062';
const INSTANCE = '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>';
const WITH_INSTANCE = `;+sip.instance="${INSTANCE}"`;
const LATER = NOW + 60_000;

function request(contact: string, part: Partial<ParsedRegister> = {}): ParsedRegister {
  return {
    address: { user: 'alice', domain: DOMAIN },
    contact: parseContactHeader(contact),
    expires: null,
    call_id: 'alice@phone',
    cseq: 2,
    path: null,
    received: null,
    user_agent: 'phone 1.0',
    node: 'edge1',
    source_ip: '203.0.113.9',
    authenticated: false,
    contact_center: null,
    ...part,
  };
}

function plan(
  contact: string,
  part: Partial<ParsedRegister> = {},
  endpoints: readonly Endpoint[] = [],
  highestCseq?: number,
): RegistrationPlan {
  const center = contactCenter();
  const turn = { kind: 'ours', bounds: center.expiry } as const;
  const standing = { center, agent: agent('alice'), endpoints, highestCseq, turn };
  return planRegistration(standing, request(contact, part), LATER);
}

function problem(...args: Parameters<typeof plan>): Problem | undefined {
  try {
    plan(...args);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

const contacts = (list: readonly { contact: string }[]) => list.map(({ contact }) => contact);
const expiries = (planned: RegistrationPlan) => planned.put.map(({ expires }) => expires);

t.test('a new phone is a new endpoint with everything that its REGISTER says', async (t) => {
  const path = '<sip:edge1.example.com;lr>';
  const received = 'sip:203.0.113.9:5062';
  const planned = plan(`<${URI}>;expires=120${WITH_INSTANCE};reg-id=1`, { path, received });
  t.strictSame(planned, {
    put: [
      {
        domain: DOMAIN,
        agent: 'alice',
        key: `${INSTANCE};1`,
        contact: URI,
        instance: INSTANCE,
        reg_id: 1,
        path,
        received,
        user_agent: 'phone 1.0',
        node: 'edge1',
        call_id: 'alice@phone',
        cseq: 2,
        expires: 120,
        expires_at: LATER + 120_000,
        registered_at: LATER,
        held_since: null,
        on_behalf: false,
      },
    ],
    remove: [],
    registered: planned.put,
    withdrawn: [],
    refreshed: new Set(),
  });
});

t.test("expiry: the contact's, else the Expires field, else the default; within bounds", async (t) => {
  t.same(expiries(plan(`<${URI}>;expires=120`, { expires: 90 })), [120]);
  t.same(expiries(plan(`<${URI}>`, { expires: 90 })), [90]);
  t.same(expiries(plan(`<${URI}>`)), [300]);
  t.same(expiries(plan(`<${URI}>;expires=60`)), [60], 'the minimum itself');
  t.same(expiries(plan(`<${URI}>;expires=4294967295`)), [3_600], 'the maximum at most');
  t.same(expiries(plan('<sip:a@10.0.0.1>;expires=70,<sip:b@10.0.0.1>', { expires: 80 })), [70, 80]);
  const brief = { code: 'interval_too_brief', status: 423, extra: { min_expires: 60 } };
  t.match(problem(`<${URI}>;expires=59`), brief);
  t.match(problem(`<${URI}>`, { expires: 1 }), brief);
});

t.test('a refresh keeps the endpoint and since when it is there', async (t) => {
  const planned = plan(`<${URI}>`, {}, [endpoint()]);
  t.match(planned.put, [{ key: URI, cseq: 2, registered_at: NOW, expires_at: LATER + 300_000 }]);
  t.same([planned.remove, planned.withdrawn], [[], []]);
  t.same([...planned.refreshed], [URI]);
});

t.test(
  'a known instance under a new URI replaces the old URI, which is withdrawn by its URI alone',
  async (t) => {
    const old = endpoint('alice', { instance: INSTANCE, reg_id: 1 });
    const planned = plan(`<sip:alice@10.0.0.99>${WITH_INSTANCE};reg-id=1`, {}, [old]);
    t.match(planned.put, [{ key: old.key, contact: 'sip:alice@10.0.0.99', registered_at: NOW }]);
    t.same(planned.remove, []);
    t.same(planned.withdrawn, [{ ...old, instance: null, reg_id: null }]);
  },
);

t.test('another flow of an instance is another endpoint', async (t) => {
  const planned = plan(`<${URI};ob>${WITH_INSTANCE};reg-id=2`, {}, [
    endpoint('alice', { instance: INSTANCE, reg_id: 1 }),
  ]);
  t.match(planned.put, [{ key: `${INSTANCE};2`, registered_at: LATER }]);
  t.same(planned.remove, []);
});

t.test('a phone that takes an instance is still one endpoint', async (t) => {
  const planned = plan(`<${URI}>${WITH_INSTANCE}`, {}, [endpoint()]);
  t.match(planned.put, [{ key: `${INSTANCE};0`, registered_at: NOW }]);
  t.same(planned.remove, [endpoint()]);
  t.same(planned.withdrawn, [], 'its URI stays bound');
});

t.test('phones behind two NATs with one URI are two endpoints', async (t) => {
  const here = endpoint('alice', { instance: '<urn:uuid:1>', received: 'sip:203.0.113.9:5062' });
  const planned = plan(`<${URI}>${WITH_INSTANCE}`, { received: 'sip:198.51.100.4:5062' }, [here]);
  t.same([planned.put.length, planned.remove], [1, []]);
});

t.test('expires 0 removes that device alone', async (t) => {
  const other = endpoint('alice', { contact: 'sip:alice@10.0.0.9' });
  const planned = plan(`<${URI}>;expires=0`, {}, [endpoint(), other]);
  t.same([planned.put, planned.remove, contacts(planned.withdrawn)], [[], [endpoint()], [URI]]);
});

t.test('expires 0 finds the device by its URI too', async (t) => {
  const stored = endpoint('alice', { instance: INSTANCE, reg_id: 1 });
  const planned = plan(`<${URI}>`, { expires: 0 }, [stored]);
  t.same(planned.remove, [stored]);
  t.same(
    planned.withdrawn.map(({ contact, instance }) => [contact, instance]),
    [
      [URI, null],
      [URI, INSTANCE],
    ],
  );
  t.same(plan(`<${URI}>;expires=0`, { received: 'sip:203.0.113.9' }, [stored]).remove, [], 'other NAT');
});

t.test('expires 0 of what is not there changes nothing and withdraws it all the same', async (t) => {
  const planned = plan(`<${URI}>;expires=0`, {}, [endpoint('alice', { contact: 'sip:alice@10.0.0.9' })]);
  t.same([planned.put, planned.remove, contacts(planned.withdrawn)], [[], [], [URI]]);
});

t.test('one REGISTER may remove the old URI of a device and bring the new, in either order', async (t) => {
  const old = endpoint('alice', { instance: INSTANCE });
  const fields = [`<${URI}>;expires=0${WITH_INSTANCE}`, `<sip:alice@10.0.0.99>${WITH_INSTANCE}`];
  for (const contact of [fields.join(','), fields.reverse().join(',')]) {
    const planned = plan(contact, {}, [old]);
    t.match(planned.put, [{ contact: 'sip:alice@10.0.0.99', registered_at: NOW }]);
    t.same(planned.remove, []);
    t.match(planned.withdrawn, [{ contact: URI, instance: null }]);
  }
});

t.test('* needs expires 0 and removes every device', async (t) => {
  const endpoints = [endpoint(), endpoint('alice', { contact: 'sip:alice@10.0.0.9' })];
  const planned = plan('*', { expires: 0 }, endpoints);
  t.same([planned.put, planned.remove, planned.withdrawn], [[], endpoints, endpoints]);
  for (const expires of [null, 1, 300]) {
    t.match(problem('*', { expires }, endpoints), { code: 'bad_request', fields: [{ field: '/contact' }] });
  }
});

t.test('a REGISTER out of order is stale, whatever it asks for', async (t) => {
  const heard = endpoint('alice', { cseq: 7 });
  const stale = { code: 'stale_cseq', status: 409 };
  t.match(problem(`<${URI}>`, { cseq: 6 }, [heard]), stale);
  t.match(problem(`<${URI}>;expires=0`, { cseq: 6 }, [heard]), stale);
  t.match(problem('*', { cseq: 6, expires: 0 }, [heard]), stale);
  t.match(problem('<sip:new@10.0.0.1>', { cseq: 6 }, [heard]), stale, 'all of its contacts');
  t.match(problem(`<${URI}>`, { cseq: 6 }, [], 7), stale, 'also when the binding has been removed');
  t.equal(problem(`<${URI}>`, { cseq: 8 }, [heard]), undefined);
  t.equal(problem(`<${URI}>`, { cseq: 1, call_id: 'after a reboot' }, [heard]), undefined);
});

t.test('the same CSeq is a repeat when all that it asks for is so already, else it is stale', async (t) => {
  const heard = endpoint('alice', { cseq: 7 });
  const repeat = plan(`<${URI}>`, { cseq: 7 }, [heard]);
  t.same([repeat.put, repeat.remove, repeat.registered], [[], [], [heard]]);
  t.same(plan(`<${URI}>;expires=0`, { cseq: 7 }, [], 7).put, []);
  for (const contact of ['<sip:new@10.0.0.1>', `<${URI}>;expires=0`, `<${URI}>,<sip:new@10.0.0.1>`]) {
    t.match(problem(contact, { cseq: 7 }, [heard]), { code: 'stale_cseq' });
  }
  t.match(problem('*', { cseq: 7, expires: 0 }, [heard]), { code: 'stale_cseq' });
});

t.test(`an agent has ${MAX_ENDPOINTS} endpoints at most`, async (t) => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => endpoint('alice', { contact: `sip:alice@10.0.1.${i}` }));
  t.equal(problem(`<${URI}>`, {}, many(MAX_ENDPOINTS - 1)), undefined);
  t.match(problem(`<${URI}>`, {}, many(MAX_ENDPOINTS)), {
    code: 'bad_request',
    fields: [{ field: '/contact' }],
  });
  t.equal(problem('<sip:alice@10.0.1.3>', {}, many(MAX_ENDPOINTS)), undefined, 'a refresh');
  t.equal(problem(`<${URI}>,<sip:alice@10.0.1.3>;expires=0`, {}, many(MAX_ENDPOINTS)), undefined);
});

const device = fc.integer({ min: 1, max: 5 });
const asked = fc.record({ device, expires: fc.constantFrom(0, 60, 300), instance: fc.boolean() });

t.test('only the devices that the REGISTER names are touched, and all is consistent', async () => {
  const uri = (i: number) => `sip:alice@10.0.0.${i}`;
  const header = (list: { device: number; expires: number; instance: boolean }[]) =>
    list
      .map((one) => {
        const instance = one.instance ? `;+sip.instance="<urn:uuid:${one.device}>"` : '';
        return `<${uri(one.device)}>;expires=${one.expires}${instance}`;
      })
      .join(',');
  fc.assert(
    fc.property(
      fc.uniqueArray(device),
      fc.array(asked, { minLength: 1, maxLength: 5 }),
      (registered, list) => {
        const endpoints = registered.map((i) => endpoint('alice', { contact: uri(i) }));
        const planned = plan(header(list), {}, endpoints);
        const named = new Set(list.map((one) => uri(one.device)));
        const touched = contacts([...planned.put, ...planned.remove, ...planned.withdrawn]);
        const keys = [...planned.put, ...planned.remove].map(({ key }) => key);
        return (
          touched.every((contact) => named.has(contact)) &&
          new Set(keys).size === keys.length &&
          planned.remove.every((endpoint) => endpoints.includes(endpoint)) &&
          planned.put.every(({ expires, expires_at }) => expires_at === LATER + expires * 1000)
        );
      },
    ),
  );
});

t.test("the contact center's own location is no phone", async (t) => {
  for (const contact of [
    'sip:alice@192.0.2.10:5060',
    'sip:192.0.2.10',
    'SIP:anyone@192.0.2.10;transport=tcp',
  ]) {
    const refused = problem(`<${contact}>`);
    t.equal(refused?.code, 'bad_request', contact);
    t.equal(refused?.fields[0]?.field, '/contact');
  }
  t.equal(problem(`<${URI}>, <sip:192.0.2.10>`)?.code, 'bad_request', 'nor beside one');
  t.equal(problem('<sip:alice@192.0.2.10>;expires=0'), undefined, 'it may always be withdrawn');
  t.equal(problem('<sip:alice@192.0.2.10:5062>'), undefined, 'a softphone on the same machine');
  t.equal(problem('<sip:alice@192.0.2.10;transport=tls>'), undefined, 'TLS has a port of its own');
});

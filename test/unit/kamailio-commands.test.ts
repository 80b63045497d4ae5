import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { coreSocketsList } from '../../src/kamailio/core-sockets-list.js';
import { coreUptime } from '../../src/kamailio/core-uptime.js';
import { isThere } from '../../src/kamailio/is-there.js';
import { type Call, jsonRpc, RpcFault } from '../../src/kamailio/json-rpc.js';
import type { Registration } from '../../src/kamailio/registration.js';
import { registerHeaders, sendRegister } from '../../src/kamailio/send-register.js';
import { ulAdd } from '../../src/kamailio/ul-add.js';
import { ulDumpBrief } from '../../src/kamailio/ul-dump-brief.js';
import { ulLookup } from '../../src/kamailio/ul-lookup.js';
import { ulRmContact } from '../../src/kamailio/ul-rm-contact.js';
import { endpoint, NOW } from '../support/contact-center.js';

const AOR = 'sip:sales%20team@cc.example.com';
const REGISTRATION: Registration = {
  aor: 'sip:sales@cc.example.com',
  contact: 'sip:alice@10.0.0.7:5062;transport=udp',
  q: 899,
  expires: 300,
  role: 'agent',
  call_id: 'a@understudy',
  cseq: 12,
  path: '<sip:edge1.example.com;lr>',
  received: 'sip:203.0.113.9:5062',
  instance: '<urn:uuid:1>',
  reg_id: 7,
};

/** A Kamailio that always says the same; and what it was asked. */
function answering(answer: unknown): { call: Call; asked: unknown[] } {
  const asked: unknown[] = [];
  const call: Call = async (method, params) => {
    asked.push([method, ...params]);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { call, asked };
}

t.test('ul.add and ul.rm_contact name the address as usrloc does', async (t) => {
  const { call, asked } = answering({});
  await ulAdd(call, { aor: AOR, contact: 'sip:a@10.0.0.1', q: 10, path: null });
  await ulRmContact(call, AOR, 'sip:a@10.0.0.1');
  t.strictSame(asked, [
    ['ul.add', 'location', 'sales team@cc.example.com', 'sip:a@10.0.0.1', 0, 0.01, '.', 0, 0, 16_383],
    ['ul.rm_contact', 'location', 'sales team@cc.example.com', 'sip:a@10.0.0.1'],
  ]);
});

t.test('what is not there counts as taken off; other faults do not', async (t) => {
  const fault = (code: number) => answering(new RpcFault('ul.rm_contact', code, 'x')).call;
  await ulRmContact(fault(404), AOR, 'sip:a@10.0.0.1');
  await t.rejects(ulRmContact(fault(500), AOR, 'sip:a@10.0.0.1'), { code: 500 });
});

t.test('ul.lookup: what is held, by contact; nothing where there is no such address', async (t) => {
  const contact = (Address: unknown, Expires: unknown, part: object = {}) => ({
    Contact: { Address, Expires, Q: 0.899, Path: '[not set]', Received: '[not set]', ...part },
  });
  const Contacts = [
    contact('sip:a@10.0.0.1', 'permanent'),
    contact('sip:b@10.0.0.1', 60, { Q: 1, Path: '<sip:e;lr>', Received: 'sip:203.0.113.9' }),
    contact('sip:b@10.0.0.1', 30),
    contact('sip:c@10.0.0.1', 'expired'),
    contact('sip:d@10.0.0.1', 'deleted'),
    contact(7, 'permanent'),
    {},
  ];
  const none = { path: null, received: null };
  t.strictSame(
    await ulLookup(answering({ AoR: 'x', Contacts }).call, AOR, NOW),
    new Map([
      ['sip:a@10.0.0.1', { q: 899, until: Number.POSITIVE_INFINITY, ...none }],
      ['sip:b@10.0.0.1', { q: 1_000, until: NOW + 60_000, path: '<sip:e;lr>', received: 'sip:203.0.113.9' }],
    ]),
  );
  for (const [code, reason] of [
    [500, 'AOR not found in location table'],
    [404, 'AOR not found'],
  ] as const) {
    t.equal((await ulLookup(answering(new RpcFault('ul.lookup', code, reason)).call, AOR, NOW)).size, 0);
  }
  const missing = answering(new RpcFault('ul.lookup', 500, 'Domain table not found')).call;
  await t.rejects(ulLookup(missing, AOR, NOW), { message: 'ul.lookup: 500 Domain table not found' });
});

t.test('ul.dump brief: the addresses of the table that counts', async (t) => {
  const domain = (Domain: string, ...AoRs: unknown[]) => ({ Domain: { Domain, AoRs } });
  const Domains = [domain('location', { AoR: 'a@b' }, {}, 7), domain('aliases', { AoR: 'c@d' }), {}];
  const { call, asked } = answering({ Domains });
  t.strictSame(await ulDumpBrief(call), ['a@b']);
  t.strictSame(asked, [['ul.dump', 'brief']]);
  t.strictSame(await ulDumpBrief(answering('nonsense').call), []);
});

t.test('OPTIONS goes the way that calls go; any answer of the phone is one', async (t) => {
  const contact = 'sip:alice@10.0.0.7:5062';
  const hops = async (part: object) => {
    const { call, asked } = answering([200, 'OK', '', '', '', 'Via: x']);
    t.equal(await isThere(call, endpoint('alice', part)), true);
    const [[method, sip, ruri, nextHop, , headers]] = asked as [string[]];
    t.same([method, sip, ruri], ['tm.t_uac_wait', 'OPTIONS', contact]);
    return [nextHop, /Route: (.*)\r\n/.exec(String(headers))?.[1]];
  };
  t.same(await hops({}), [contact, undefined]);
  t.same(await hops({ received: 'sip:203.0.113.9:5062' }), ['sip:203.0.113.9:5062', undefined]);
  t.same(await hops({ path: '<sip:p;lr>' }), ['sip:p;lr', '<sip:p;lr>']);
  const asked = (answer: unknown) => isThere(answering(answer).call, endpoint('alice'));
  t.equal(await asked([486, 'Busy', '', '', '', 'Via: x']), true);
  t.equal(await asked([408, 'Request Timeout', '', '', '', '']), false, 'nobody said so');
  t.equal(await asked({}), false);
  t.equal(await asked(new RpcFault('tm.t_uac_wait', 478, 'Unresolvable destination')), false);
  t.equal(await asked(new Error('fetch failed')), undefined);
});

t.test('where a Kamailio reaches itself: its first UDP socket', async (t) => {
  const socket = (proto: string, address: string, ipaddress?: string) => ({
    socket: { proto, address, ...(ipaddress && { ipaddress }), port: '5060' },
  });
  const first = (...sockets: unknown[]) => coreSocketsList(answering(sockets).call);
  t.equal(await first(socket('tcp', '10.0.0.1'), socket('udp', 'host', '10.0.0.2')), 'sip:10.0.0.2:5060');
  t.equal(await first({}, socket('udp', '0.0.0.0')), 'sip:127.0.0.1:5060');
  t.equal(await first(socket('udp', '[2001:db8::1]')), 'sip:[2001:db8::1]:5060');
  t.equal(await first(socket('udp', '2001:db8::1')), 'sip:[2001:db8::1]:5060');
  await t.rejects(first(socket('tcp', '10.0.0.1')), { message: /no UDP socket/ });
  await t.rejects(coreSocketsList(answering('nonsense').call), { message: /no UDP socket/ });
  await t.rejects(coreUptime(answering({}).call), { message: /no time/ });
});

t.test('the REGISTER carries the binding; one header is one line', async (t) => {
  t.strictSame(registerHeaders(REGISTRATION), [
    'From: <sip:sales@cc.example.com>',
    'To: <sip:sales@cc.example.com>',
    'Call-ID: a@understudy',
    'CSeq: 12 REGISTER',
    'Max-Forwards: 70',
    'Contact: <sip:alice@10.0.0.7:5062;transport=udp>;q=0.899;expires=300;+sip.instance="<urn:uuid:1>";reg-id=7',
    'Path: <sip:edge1.example.com;lr>',
    'Supported: path',
    'X-Understudy-Received: sip:203.0.113.9:5062',
  ]);
  t.strictSame(registerHeaders({ ...REGISTRATION, path: null, received: null, instance: null }).slice(5), [
    'Contact: <sip:alice@10.0.0.7:5062;transport=udp>;q=0.899;expires=300',
  ]);
});

t.test('what tm would replace by its own address is escaped', async (t) => {
  const { call, asked } = answering({});
  await sendRegister(call, 'sip:127.0.0.1:5060', { ...REGISTRATION, contact: 'sip:a!!!b@10.0.0.1' });
  const [[method, sip, ruri, nextHop, socket, headers, body]] = asked as [string[]];
  t.strictSame(
    [method, sip, ruri, nextHop, socket, body],
    ['tm.t_uac_start', 'REGISTER', 'sip:cc.example.com', 'sip:127.0.0.1:5060', '.', ''],
  );
  t.match(headers, '<sip:a%21%21%21b@10.0.0.1>');
  t.notMatch(headers, '!!');
  t.ok(headers?.endsWith('\r\n') && !headers.includes('\r\n\r\n'));
});

t.test('JSON-RPC over HTTP: results, faults, and whatever is neither', async (t) => {
  let status = 200;
  let body = '';
  const server = createServer((request, response) => {
    request.resume();
    if (body !== 'silence') response.writeHead(status).end(body);
  });
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/RPC`;
  const ask = (...answer: [number, string]) => {
    [status, body] = answer;
    return jsonRpc(url, 'core.version', []);
  };
  t.equal(await ask(200, '{"jsonrpc":"2.0","result":"5.6.3","id":1}'), '5.6.3');
  await t.rejects(ask(404, '{"jsonrpc":"2.0","error":{"code":404,"message":"AOR not found"},"id":1}'), {
    name: 'RpcFault',
    code: 404,
    reason: 'AOR not found',
    message: 'core.version: 404 AOR not found',
  });
  for (const garbage of ['', '<html>', '[]', '{}', 'null', '{"error":1}']) {
    await t.rejects(ask(200, garbage), { message: 'core.version: HTTP 200 without a JSON-RPC answer' });
  }
  await t.rejects(ask(200, 'silence'), { name: 'TimeoutError' });
  server.closeAllConnections();
  server.close();
  await t.rejects(ask(200, ''), { message: /^http:.* ECONNREFUSED /, cause: { code: 'ECONNREFUSED' } });
});

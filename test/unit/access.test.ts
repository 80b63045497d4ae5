import { createHash } from 'node:crypto';
import t from 'tap';
import { Access } from '../../src/access/access.js';
import { isLoopback, mayListen } from '../../src/access/may-listen.js';
import { RateLimit } from '../../src/access/rate-limit.js';
import { hashOf, idIn, newKeyText } from '../../src/access/secret.js';
import { parseKeysArguments } from '../../src/cli/keys-arguments.js';

const ID = '0192f3a0-1234-7abc-8def-0123456789ab';

t.test('a key: recognisable, with its id, and 256 random bits', async (t) => {
  const text = newKeyText(ID);
  t.match(text, /^understudy_0192f3a012347abc8def0123456789ab_[A-Za-z0-9_-]{43}$/);
  t.equal(idIn(text), ID);
  t.not(newKeyText(ID), text);
  t.same(hashOf(text), createHash('sha256').update(text).digest());
  for (const bad of [
    '',
    'understudy_',
    text.slice(1),
    `${text}A`,
    text.slice(0, -1),
    text.toUpperCase(),
    `${text}\n`,
  ]) {
    t.equal(idIn(bad), undefined, JSON.stringify(bad));
  }
});

t.test('what an access covers', async (t) => {
  const access = (scopes: ('read' | 'admin' | 'signalling')[], contactCenters: string[] | null) =>
    new Access({ who: null, scopes, contactCenters, node: null, counted: '' });
  t.ok(access(['admin'], null).may('read'), 'who may change a thing may see it');
  t.notOk(access(['admin'], null).may('signalling'));
  t.notOk(access(['read'], null).may('admin'));
  const limited = access(['read'], ['a.example', 'b.example']);
  t.ok(limited.covers('a.example'));
  t.notOk(limited.covers('c.example'));
  t.ok(limited.coversAll(['b.example']));
  t.notOk(limited.coversAll(['b.example', 'c.example']));
  t.notOk(limited.coversAll(null), 'all of them are more');
  t.ok(access(['read'], null).coversAll(null));
});

t.test('a rate: so many in a window, each asker by itself, then again', async (t) => {
  const rate = new RateLimit({ max: 2, windowMs: 10_000 });
  t.same([rate.take('a', 0), rate.take('a', 1), rate.take('a', 2)], [0, 0, 10]);
  t.equal(rate.take('b', 2), 0);
  t.equal(rate.take('a', 9_500), 1, 'whole seconds, at least one');
  t.equal(rate.take('a', 10_000), 0);
});

t.test('a rate: nobody is refused for longer than the window because the clock was set back', async (t) => {
  const rate = new RateLimit({ max: 1, windowMs: 10_000 });
  const HOUR = 3_600_000;
  t.same([rate.take('a', HOUR), rate.take('a', HOUR)], [0, 10]);
  t.same([rate.take('a', 0), rate.take('a', 1), rate.take('a', 10_000)], [0, 10, 0]);
});

t.test('where to listen', async (t) => {
  const LOOPBACK = ['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost'];
  const OTHERS = ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '::ffff:10.0.0.1', '127.0.0.1.evil.example'];
  const nothing = { keys: false, tls: false, clientCertificates: false };
  for (const host of LOOPBACK) {
    t.ok(isLoopback(host), host);
    t.match(mayListen({ ...nothing, host }), { refusal: undefined, warning: /there is no API key/ });
    t.same(mayListen({ ...nothing, keys: true, host }), {});
  }
  for (const host of OTHERS) {
    t.notOk(isLoopback(host), host);
    t.match(mayListen({ ...nothing, host }).refusal, /^HOST must be a loopback address, not .*API key/);
    t.match(mayListen({ ...nothing, tls: true, host }).refusal, /^HOST/, 'encryption is no authentication');
    t.match(mayListen({ ...nothing, keys: true, host }), { refusal: undefined, warning: /unencrypted/ });
    t.same(mayListen({ ...nothing, keys: true, tls: true, host }), {});
    t.same(mayListen({ ...nothing, clientCertificates: true, tls: true, host }), {});
  }
});

t.test('the arguments of npm run keys', async (t) => {
  const parse = (line: string) => parseKeysArguments(line === '' ? [] : line.split(' '));
  const scopes = ['read', 'admin'];
  t.strictSame(parse('create --name ops --scope read --scope admin'), {
    verb: 'create',
    key: { name: 'ops', scopes, contact_centers: null, expires_in_seconds: null },
  });
  t.match(parse('create --name x --scope read --contact-center CC.Example.com. --expires-in 90d'), {
    key: { contact_centers: ['cc.example.com'], expires_in_seconds: 90 * 86_400 },
  });
  t.same(parse('list'), { verb: 'list' });
  t.same(parse(`rotate ${ID.toUpperCase()}`), { verb: 'rotate', id: ID, overlapSeconds: 3_600 });
  t.same(parse(`rotate ${ID} --overlap 15m`), { verb: 'rotate', id: ID, overlapSeconds: 900 });
  t.same(parse(`revoke ${ID}`), { verb: 'revoke', id: ID });
  for (const [line, why] of [
    ['', /a command is missing/],
    ['delete x', /no command delete/],
    ['create --scope read', /--name/],
    ['create --name x', /--scope is missing/],
    ['create --name x --scope root', /one of signalling, read, admin/],
    ['create --name x --scope read --contact-center a_b!', /--contact-center a_b!: /],
    ['create --name x --scope read --expires-in soon', /--expires-in must be a number/],
    ['create --name x --scope read --overlap 1h', /create takes no --overlap/],
    ['create more --name x --scope read', /too many/],
    ['create --nmae x', /Unknown option '--nmae'/],
    ['rotate', /needs the id/],
    ['revoke 12', /needs the id/],
  ] as const) {
    t.throws(() => parse(line), why, line);
  }
});

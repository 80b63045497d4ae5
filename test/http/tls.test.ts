import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { Authority, type Certificate } from '../support/certificates.js';
import { startPostgres } from '../support/postgres.js';
import { launchUnderstudy, startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { CENTER } from './call-service.js';

const postgres = await startPostgres();
t.teardown(() => postgres.stop());
const [authority, stranger] = [new Authority('ours'), new Authority('another')];
t.teardown(() => Promise.all([authority.close(), stranger.close()]));
const own = authority.sign('understudy');
const ca = join(authority.path(), 'ca.pem');
const databaseUrl = postgres.url;

/** Without an answer for so long a test fails, and says at which question. */
const ANSWER_MS = 20_000;

interface Shown {
  readonly certificate?: Certificate;
  readonly key?: string;
}

const inTime = () => AbortSignal.timeout(ANSWER_MS);
const get = (url: string) => fetch(url, { signal: inTime() });

/** As a node asks: it believes our authority alone. */
async function ask(port: number, line: string, { certificate, key }: Shown = {}, body?: object) {
  const [method, path] = line.split(' ') as [string, string];
  const request = https.request({
    ...{ host: '127.0.0.1', port, method, path, ca: authority.pem, agent: false },
    signal: inTime(),
    ...(certificate && { cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) }),
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(key && { authorization: `Bearer ${key}` }),
    },
  });
  request.end(body && JSON.stringify(body));
  const [response] = await once(request, 'response');
  const answer = await text(response);
  const { CN } = response.socket.getPeerCertificate().subject;
  return { status: response.statusCode, body: answer && JSON.parse(answer), server: CN };
}

t.test('nodes by certificate, people by key, over TLS; certificates are read again on SIGHUP', async (t) => {
  const folder = t.testdir();
  const files = { TLS_CERT_FILE: join(folder, 'cert.pem'), TLS_KEY_FILE: join(folder, 'key.pem') };
  const put = (one: Certificate) =>
    Promise.all([copyFile(one.cert, files.TLS_CERT_FILE), copyFile(one.key, files.TLS_KEY_FILE)]);
  await put(own);
  // Without client certificates first: this is how the first key and the nodes come.
  const before = await startUnderstudy({ databaseUrl, env: files });
  const { key } = (await ask(before.port, 'POST /v1/keys', {}, { name: 'ops', scopes: ['admin'] })).body;
  await ask(before.port, 'PUT /v1/nodes/edge1', { key }, { role: 'edge' });
  await ask(before.port, 'PUT /v1/contact-centers/cc.example.com', { key }, CENTER);
  await before.stop();

  const understudy = await startUnderstudy({ databaseUrl, env: { ...files, TLS_CLIENT_CA_FILE: ca } });
  t.teardown(() => understudy.stop());
  const { port } = understudy;
  const edge1 = { certificate: authority.sign('edge1') };
  const call = { ruri: 'sip:sales@cc.example.com', call_id: 'c@198.51.100.4' };
  t.equal((await ask(port, 'POST /v1/route', edge1, call)).status, 200);
  t.equal((await ask(port, 'POST /v1/route', edge1, { ...call, node: 'edge1' })).status, 200);
  t.match(await ask(port, 'POST /v1/route', edge1, { ...call, node: 'reg1' }), {
    status: 403,
    body: { code: 'forbidden' },
  });
  t.equal((await ask(port, 'POST /v1/nodes/edge1/started', edge1)).status, 204);
  t.equal(
    (await ask(port, 'POST /v1/nodes/reg1/started', edge1)).status,
    403,
    'a node speaks for itself alone',
  );
  t.match(await ask(port, 'GET /v1/nodes', edge1), { status: 403 }, 'and has scope signalling');
  for (const [who, shown] of Object.entries({
    'no certificate': {},
    "another authority's": { certificate: stranger.sign('edge1') },
    'no known node': { certificate: authority.sign('edge9') },
    'a bad key beside it': { ...edge1, key: 'x' },
  })) {
    t.match(
      await ask(port, 'POST /v1/route', shown, call),
      { status: 401, body: { code: 'unauthorized' } },
      who,
    );
  }
  t.equal((await ask(port, 'GET /v1/nodes', { key })).status, 200, 'a key does without');
  await t.rejects(
    get(`http://127.0.0.1:${port}/livez`),
    { cause: /other side closed|ECONNRESET/ },
    'nothing is said in the clear',
  );

  await put(authority.sign('renewed'));
  process.kill(understudy.pid, 'SIGHUP');
  await until('the new certificate', async () => (await ask(port, 'GET /livez')).server === 'renewed');
  t.equal((await ask(port, 'POST /v1/route', edge1, call)).status, 200, 'nodes are known as before');
  await writeFile(files.TLS_KEY_FILE, 'nonsense');
  process.kill(understudy.pid, 'SIGHUP');
  await until('the fault to be told', () =>
    /TLS_KEY_FILE \S+ is not the key of TLS_CERT_FILE/.test(understudy.logs()),
  );
  t.equal((await ask(port, 'GET /livez')).server, 'renewed', 'it goes on with what it had');
});

t.test('files that cannot be used end the start with one line', async (t) => {
  const folder = t.testdir({ 'nothing.pem': 'nonsense' });
  const nothing = join(folder, 'nothing.pem');
  const good = { TLS_CERT_FILE: own.cert, TLS_KEY_FILE: own.key };
  for (const [env, line] of [
    [{ ...good, TLS_CERT_FILE: '/no/such.pem' }, 'TLS_CERT_FILE /no/such.pem cannot be read: ENOENT'],
    [{ ...good, TLS_CERT_FILE: nothing }, `TLS_CERT_FILE ${nothing} holds no certificate`],
    [
      { ...good, TLS_KEY_FILE: authority.sign('x').key },
      /^TLS_KEY_FILE \S+ is not the key of TLS_CERT_FILE$/,
    ],
    [{ ...good, TLS_CLIENT_CA_FILE: nothing }, `TLS_CLIENT_CA_FILE ${nothing} holds no certificate`],
    [{ TLS_CERT_FILE: own.cert }, 'TLS_KEY_FILE must be set together with TLS_CERT_FILE'],
    [{ TLS_CLIENT_CA_FILE: ca }, 'TLS_CLIENT_CA_FILE needs TLS_CERT_FILE and TLS_KEY_FILE'],
  ] as const) {
    const understudy = launchUnderstudy({ databaseUrl, env });
    await until(`${JSON.stringify(env)} to end it`, () => understudy.hasEnded());
    t.equal(await understudy.ended, 1);
    const said = understudy
      .output()
      .split('\n')
      .filter((one) => one !== '' && !one.startsWith('{'));
    t.match(said, [
      typeof line === 'string'
        ? `understudy: ${line}`
        : new RegExp(line.source.replace('^', '^understudy: ')),
    ]);
    t.equal(said.length, 1);
  }
});

t.test(
  'who sends headers without end, or too many of them, is cut off; others are served meanwhile',
  async (t) => {
    const understudy = await startUnderstudy({ databaseUrl });
    t.teardown(() => understudy.stop());
    const open = async (first: string) => {
      const socket = addAbortSignal(inTime(), connect(understudy.port, '127.0.0.1'));
      await once(socket, 'connect');
      socket.write(first);
      return socket;
    };
    const said = async (socket: Socket) => text(socket);
    const slow = await open('GET /livez HTTP/1.1\r\nHost: x\r\n');
    const drip = setInterval(() => slow.write('X-Slow: 1\r\n'), 1_000);
    slow.on('error', () => {});
    t.equal((await get(`${understudy.url}/livez`)).status, 200);
    const large = await open(`GET /livez HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(10_000)}\r\n\r\n`);
    t.match(await said(large), /^HTTP\/1\.1 431 /);
    t.match(await said(slow), /^HTTP\/1\.1 408 /, 'after ten seconds');
    clearInterval(drip);
    t.equal((await get(`${understudy.url}/livez`)).status, 200);
  },
);

t.test('headers that tell browsers what an answer is not', async (t) => {
  const understudy = await startUnderstudy({ databaseUrl: (await fresh(t)).url });
  t.teardown(() => understudy.stop());
  const { headers } = await get(`${understudy.url}/v1/nodes`);
  t.equal(headers.get('x-content-type-options'), 'nosniff');
  t.match(headers.get('content-security-policy'), /default-src 'none'/);
  const docs = (await get(`${understudy.url}/docs/`)).headers;
  t.match(docs.get('content-security-policy'), /script-src 'self';/);
  t.equal(docs.get('x-frame-options'), 'SAMEORIGIN');
});

async function fresh(t: Test) {
  const own = await startPostgres();
  t.teardown(() => own.stop());
  return own;
}

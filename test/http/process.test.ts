import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { CONNECTIONS_OF_ONE_SOURCE } from '../../src/plugins/connections.js';
import { startPostgres } from '../support/postgres.js';
import { launchUnderstudy, startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { CENTER } from './call-service.js';

// The databases' own starts and crashes have tests of their own; most of these take a server because it is there sooner.
const postgres = await startPostgres();
t.teardown(() => postgres.stop());
const SERVER = { databaseUrl: postgres.url };

/** A request whose head has arrived: its body is sent, or not, by the test. */
async function openRequest(url: string) {
  const { hostname, port } = new URL(url);
  const open = request({
    hostname,
    port,
    method: 'PUT',
    path: '/v1/contact-centers/late.example.com',
    headers: { 'content-type': 'application/json', expect: '100-continue' },
  });
  open.flushHeaders();
  await once(open, 'continue');
  return open;
}

for (const kind of ['embedded', 'server'] as const) {
  t.test(`stops in order: what was begun is finished and kept (${kind})`, async (t) => {
    const options = kind === 'server' ? SERVER : { dataDir: t.testdir() };
    const first = await startUnderstudy(options);
    const open = await openRequest(first.url);
    const stopped = first.stop();
    await until('the stop to begin', () => first.logs().includes('"stopping"'));
    await t.rejects(fetch(`${first.url}/livez`), 'nothing new is accepted');
    const answered = once(open, 'response');
    open.end(JSON.stringify(CENTER));
    const [response] = await answered;
    t.equal(response.statusCode, 201);
    await text(response);
    await stopped;
    const second = await startUnderstudy(options);
    t.teardown(() => second.stop());
    t.equal((await fetch(`${second.url}/v1/contact-centers/late.example.com`)).status, 200);
  });
}

t.test('what does not finish is cut off, and the rest is kept', async (t) => {
  const understudy = launchUnderstudy(SERVER);
  const url = await listening(understudy);
  const open = await openRequest(url);
  const cut = once(open, 'error');
  understudy.signal('SIGINT');
  await cut;
  t.equal(await understudy.ended, 0);
});

t.test('crashes with a log on what nobody handled', async (t) => {
  const trap = "process.on('SIGUSR2',()=>Promise.reject(new Error('boom')))";
  const understudy = launchUnderstudy({
    ...SERVER,
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(trap)}` },
  });
  await listening(understudy);
  process.kill(understudy.pid, 'SIGUSR2');
  t.equal(await understudy.ended, 1);
  t.match(understudy.output(), /"level":60.*boom.*"crashed"/);
});

t.test('says in one line why it does not start', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  for (const [options, line] of [
    [{ port }, `understudy: Port ${port} of 127.0.0.1 is taken by another program (PORT)`],
    [{ env: { HOST: '192.0.2.1' } }, /^understudy: HOST must be a loopback address/],
    [{ env: { LOG_LEVEL: 'loud' } }, /^understudy: LOG_LEVEL must be /],
    [{ databaseUrl: `${postgres.url}_none` }, /^understudy: Postgres at .* has no such database$/],
  ] as const) {
    const understudy = launchUnderstudy({ ...SERVER, ...options });
    t.equal(await understudy.ended, 1);
    const said = understudy
      .output()
      .split('\n')
      .filter((text) => text !== '' && !text.startsWith('{'));
    t.match(said, [line]);
    t.equal(said.length, 1, said.join('\n'));
  }
});

async function listening(understudy: ReturnType<typeof launchUnderstudy>): Promise<string> {
  return until(
    'Understudy to listen',
    () => /Server listening at (http:[^"]+)"/.exec(understudy.output())?.[1],
    30_000,
  );
}

t.test('who was frozen keeps no agent free for calls that nobody waits for any more', async (t) => {
  const understudy = await startUnderstudy(SERVER);
  t.teardown(() => understudy.stop());
  const ask = async (method: string, path: string, body?: object, limitMs = 10_000) => {
    const answer = await fetch(`${understudy.url}${path}`, {
      ...{ method, signal: AbortSignal.timeout(limitMs) },
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: answer.status, body: JSON.parse((await answer.text()) || 'null') };
  };
  const domain = 'frozen.example.com';
  await ask('PUT', `/v1/contact-centers/${domain}`, { ...CENTER, locations: [{ uri: 'sip:192.0.2.77' }] });
  await ask('POST', '/v1/register', {
    ...{ aor: `sip:alice@${domain}`, contact: '<sip:alice@10.0.0.7>;expires=300', call_id: 'a', cseq: 1 },
  });
  await ask('POST', '/v1/overrides', {
    ...{ contact_center: domain, kind: 'bypass', reason: 'test', by: 'test', expires_in_seconds: 600 },
  });
  const route = (call_id: string, limitMs?: number) =>
    ask('POST', '/v1/route', { ruri: `sip:sales@${domain}`, call_id }, limitMs);
  understudy.freeze();
  await Promise.all(['one', 'two', 'three'].map((id) => t.rejects(route(id, 300), { name: 'TimeoutError' })));
  understudy.thaw();
  const { status, body } = await route('four');
  t.equal(status, 200);
  t.match(body.targets[0], { agent: 'alice', code: 'free' });
  t.match((await ask('GET', `/v1/decisions?contact_center=${domain}`)).body, {
    decisions: [{ call_id: 'four' }],
  });
});

t.test('one source has a thousand connections, and takes no room from the others', async (t) => {
  const understudy = await startUnderstudy(SERVER);
  t.teardown(() => understudy.stop());
  const sockets: Socket[] = [];
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  const open = async (localAddress: string) => {
    const socket = connect({ port: understudy.port, host: '127.0.0.1', localAddress });
    sockets.push(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const isServed = async (socket: Socket) => {
    socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
    const said = await new Promise<string>((resolve) => {
      socket.on('data', (data) => resolve(String(data)));
      socket.on('close', () => resolve(''));
    });
    return said.startsWith('HTTP/1.1 200');
  };
  for (let i = 1; i < CONNECTIONS_OF_ONE_SOURCE; i++) await open('127.0.0.2');
  t.ok(await isServed(await open('127.0.0.2')), 'the last one');
  t.notOk(await isServed(await open('127.0.0.2')), 'one more');
  t.ok(await isServed(await open('127.0.0.3')), 'somebody else');
  sockets[0]?.destroy();
  await until('the room of one that is closed', async () => isServed(await open('127.0.0.2')));
});

import pg from 'pg';
import t, { type Test } from 'tap';
import { freePort } from '../support/free-port.js';
import { startPostgres } from '../support/postgres.js';
import { startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { CENTER } from './call-service.js';

const KILLS = 12;
const AGENTS = 8;
/** What the script waits for an answer. */
const SCRIPT_MS = 2_000;

interface Target {
  readonly position: number;
  readonly agent?: string;
}

/** A service that may be killed, on a Postgres that may be killed, with agents who take calls. */
async function newScene(t: Test) {
  const postgres = await startPostgres({ durable: true });
  t.teardown(() => postgres.stop());
  const options = { databaseUrl: postgres.url, port: await freePort() };
  let running = await startUnderstudy(options);
  t.teardown(() => running.kill9());
  const { url } = running;
  const names = Array.from({ length: AGENTS }, (_, i) => `agent${i}`);
  const document = { ...CENTER, agents: names.map((name) => ({ name, skills: { sales: 1 } })) };
  await send('PUT', `${url}/v1/contact-centers/cc.example.com`, document);
  for (const name of names) {
    await send('POST', `${url}/v1/register`, {
      aor: `sip:${name}@cc.example.com`,
      contact: `<sip:${name}@10.0.0.7:5062>;expires=300`,
      ...{ call_id: name, cseq: 1 },
    });
  }
  let calls = 0;
  const report = async (decision: string, target: number, event: string) => {
    const asked = performance.now();
    const { status } = await send('POST', `${url}/v1/outcomes`, { decision, target, event, node: 'reg1' });
    return { status, inTime: performance.now() - asked < SCRIPT_MS };
  };
  return {
    postgres,
    names,
    send: (line: string, body?: object) => {
      const [method = '', path] = line.split(' ');
      return send(method, `${url}${path}`, body);
    },
    restarted: async () => {
      await running.kill9();
      running = await startUnderstudy(options);
    },
    /** A call to the agent's own address, decided but not told of. */
    call: async (name: string) => {
      calls += 1;
      const { body } = await send('POST', `${url}/v1/route`, {
        ...{ node: 'reg1', ruri: `sip:${name}@cc.example.com`, call_id: `${calls}@phone` },
      });
      const { decision, targets } = body as { decision: string; targets: Target[] };
      const position = targets.find(({ agent }) => agent === name)?.position ?? -1;
      return (event: string) => report(decision, position, event);
    },
    busy: async () => {
      const { body } = await send('GET', `${url}/v1/agents`);
      const { agents } = body as { agents: { name: string; activity: string }[] };
      return agents.filter(({ activity }) => activity === 'busy').map(({ name }) => name);
    },
  };
}

// An outcome that was answered 204 is forgotten by the script: so it is in Postgres, and so is the decision that it is about.
t.test(
  `the service is killed ${KILLS} times as soon as it has acknowledged outcomes: nobody is busy who isn't`,
  async (t) => {
    const scene = await newScene(t);
    const [talker = '', ...others] = scene.names;
    const goesOn = await scene.call(talker);
    t.match(await goesOn('answered'), { status: 204 });
    await scene.restarted();
    t.same(await scene.busy(), [talker], 'an answer that was acknowledged is known after it');
    for (let kill = 1; kill <= KILLS; kill++) {
      const calls = await Promise.all(others.map((name) => scene.call(name)));
      await Promise.all(calls.map((became) => became('ringing')));
      await Promise.all(calls.map((became) => became('answered')));
      const ends = await Promise.all(calls.map((became) => became('ended')));
      t.same([...new Set(ends.map(({ status }) => status))], [204]);
      await scene.restarted();
      t.same(await scene.busy(), [talker], `kill ${kill}`);
    }
  },
);

t.test(
  'while Postgres is dead, frozen or read-only an outcome counts at once, and is to be told again',
  async (t) => {
    const scene = await newScene(t);
    const [name = ''] = scene.names;
    const away = {
      dead: { goes: () => scene.postgres.kill9(), comes: () => scene.postgres.start() },
      frozen: { goes: async () => scene.postgres.freeze(), comes: async () => scene.postgres.thaw() },
      'read-only': {
        goes: () => readOnly(scene.postgres.url, 'on'),
        comes: () => readOnly(scene.postgres.url, 'off'),
      },
    };
    for (const [how, { goes, comes }] of Object.entries(away)) {
      const became = await scene.call(name);
      t.match(await became('answered'), { status: 204 });
      await goes();
      const asked = performance.now();
      const ended = became('ended');
      await until('the agent to be free', async () => (await scene.busy()).length === 0);
      t.ok(performance.now() - asked < SCRIPT_MS, 'whatever Postgres does');
      t.match(await ended, { status: 202, inTime: true }, how);
      t.match(
        await became('ended'),
        { status: 202, inTime: true },
        'a repeat of what is in memory alone is not written either',
      );
      await comes();
      await until('it to be written', async () => (await became('ended')).status === 204, 30_000);
      await scene.restarted();
      t.same(await scene.busy(), [], 'and then it is');
    }
  },
);

t.test('what else ends calls is written before it is answered', async (t) => {
  const scene = await newScene(t);
  const answered = async () => {
    for (const name of scene.names) t.match(await (await scene.call(name))('answered'), { status: 204 });
  };
  await answered();
  const [first = '', ...others] = scene.names;
  const path = `/v1/contact-centers/cc.example.com/agents/${first}/calls`;
  t.match(await scene.send(`DELETE ${path}`), { status: 200, body: { ended: [{ call_id: '1@phone' }] } });
  await scene.restarted();
  t.same(await scene.busy(), others, 'an agent that was freed');
  const { body } = await scene.send('GET /v1/changes?kind=override');
  t.match(body, { changes: [{ subject: `agents/${first}/calls` }] }, 'and who has freed it');

  const started = (query: string) => scene.send(`POST /v1/nodes/reg1/started${query}`);
  await until('the calls to be older than the start', async () => {
    const { status } = await started('?up_seconds=0');
    t.equal(status, 204);
    await scene.restarted();
    return (await scene.busy()).length === 0;
  });

  await answered();
  await scene.postgres.kill9();
  const lost = await until('the calls to be older than the start', async () => {
    const { status } = await started('?up_seconds=0&again=true');
    return (await scene.busy()).length === 0 ? status : undefined;
  });
  t.equal(lost, 202);
  await scene.postgres.start();
  const again = async () => (await started('?up_seconds=3600&again=true')).status === 204;
  await until('it to be written', again, 30_000);
  await scene.restarted();
  t.same(await scene.busy(), [], 'a registrar that was started again while Postgres was away');
});

async function readOnly(connectionString: string, value: 'on' | 'off') {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}

async function send(method: string, url: string, body?: object) {
  const response = await fetch(url, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

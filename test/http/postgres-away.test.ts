import t, { type Test } from 'tap';
import { type Postgres, startPostgres } from '../support/postgres.js';
import { startUnderstudy, type Understudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { CENTER } from './call-service.js';

/** What the script waits for an answer. */
const SCRIPT_MS = 1_000;
const PHONES = 40;

class Scene {
  readonly postgres: Postgres;
  understudy: Understudy;
  #cseq = 0;

  constructor(postgres: Postgres, understudy: Understudy) {
    this.postgres = postgres;
    this.understudy = understudy;
  }

  async call(method: string, path: string, body?: object) {
    const response = await fetch(`${this.understudy.url}${path}`, {
      ...{ method, headers: { 'content-type': 'application/json' } },
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: what the answer holds is what the tests are to find out
    const answer: any = await response.json();
    return { status: response.status, body: answer };
  }

  async register(phone: number, part: object = {}) {
    this.#cseq += 1;
    const asked = performance.now();
    const agent = `agent${phone}`;
    const answer = await this.call('POST', '/v1/register', {
      aor: `sip:${agent}@cc.example.com`,
      contact: `<sip:${agent}@10.0.0.7:5062>;expires=300`,
      ...{ call_id: agent, cseq: this.#cseq, ...part },
    });
    return { ...answer, ms: performance.now() - asked };
  }

  async ready(): Promise<string> {
    return (await this.call('GET', '/readyz')).body.status;
  }

  /** Those who are called by skillset. */
  async bound(): Promise<number> {
    const { body } = await this.call('GET', '/v1/bindings?address=sip:sales@cc.example.com');
    return body.bindings.filter(({ role }: { role: string }) => role === 'agent').length;
  }
}

async function newScene(t: Test): Promise<Scene> {
  const postgres = await startPostgres({ durable: true });
  t.teardown(() => postgres.stop());
  const scene = new Scene(postgres, await startUnderstudy({ databaseUrl: postgres.url }));
  // A service whose Postgres is frozen would write until its stop is cut off.
  t.teardown(() => scene.understudy.kill9());
  const agents = Array.from({ length: PHONES }, (_, i) => ({ name: `agent${i}`, skills: { sales: 1 } }));
  await scene.call('PUT', '/v1/contact-centers/cc.example.com', { ...CENTER, agents });
  return scene;
}

t.test('phones that register while Postgres is dead are there after the service dies, too', async (t) => {
  const scene = await newScene(t);
  t.match(await scene.register(0), { status: 200, body: { stored: true } });
  await scene.postgres.kill9();
  const answers = await Promise.all(Array.from({ length: PHONES }, (_, phone) => scene.register(phone)));
  for (const answer of answers) t.match(answer, { status: 200, body: { stored: false } });
  t.ok(answers.every(({ ms }) => ms < SCRIPT_MS));
  t.equal(await scene.ready(), 'degraded');
  t.equal(await scene.bound(), PHONES);
  await scene.postgres.start();
  await until('all to be written', async () => (await scene.ready()) === 'ready');
  t.match(await scene.register(1), { status: 200, body: { stored: true } });

  await scene.understudy.kill9();
  scene.understudy = await startUnderstudy({ databaseUrl: scene.postgres.url });
  t.equal(await scene.bound(), PHONES);
});

t.test('while Postgres is frozen the first waits a while, and the others do not', async (t) => {
  const scene = await newScene(t);
  scene.postgres.freeze();
  const first = await scene.register(0);
  t.match(first, { status: 200, body: { stored: false } });
  t.ok(first.ms < SCRIPT_MS, `${first.ms} ms`);
  t.equal(await scene.ready(), 'degraded');
  for (let phone = 1; phone < PHONES; phone++) {
    t.match(await scene.register(phone), { status: 200, body: { stored: false } });
  }
  t.match(await scene.call('PUT', '/v1/nodes/reg1', { role: 'edge' }), {
    status: 503,
    body: { code: 'store_unavailable' },
  });
  scene.postgres.thaw();
  await until('all to be written', async () => (await scene.ready()) === 'ready', 30_000);
  await scene.understudy.kill9();
  scene.understudy = await startUnderstudy({ databaseUrl: scene.postgres.url });
  t.equal(await scene.bound(), PHONES);
});

t.test('a contact center that registers its agents: its 2xx is as good with Postgres away', async (t) => {
  const scene = await newScene(t);
  const { body } = await scene.call('GET', '/v1/contact-centers/cc.example.com');
  await scene.call('PUT', '/v1/contact-centers/cc.example.com', { ...body, registers_agents: true });
  await scene.postgres.kill9();
  t.match(await scene.register(0), { status: 200, body: { stored: true, registrations: [] } }, 'nothing yet');
  const granted = {
    contact_center_status: 200,
    contact_center_contact: '<sip:agent0@10.0.0.7:5062>;expires=90',
  };
  const answer = await scene.register(0, granted);
  t.match(answer, { status: 200, body: { stored: false, contacts: [{ expires: 90 }] } });
  t.ok(answer.ms < SCRIPT_MS);
  await scene.postgres.start();
  await until('it to be written', async () => (await scene.ready()) === 'ready');
  await scene.understudy.kill9();
  scene.understudy = await startUnderstudy({ databaseUrl: scene.postgres.url });
  t.equal(await scene.bound(), 1);
});

t.test('the log tells of an outage once for each table and minute, and of its end', async (t) => {
  const scene = await newScene(t);
  await scene.postgres.kill9();
  await scene.register(0);
  const lines = () => scene.understudy.logs().split('\n');
  const told = () => lines().filter((line) => /"endpoints".*could not be written/.test(line));
  for (let phone = 1; phone < PHONES; phone++) await scene.register(phone);
  await scene.call('GET', '/readyz');
  await scene.postgres.start();
  await until('it to be told', () => lines().some((line) => /"endpoints".*are written again/.test(line)));
  t.equal(told().length, 1, told().join('\n'));
});

import { mock } from 'node:test';
import pino from 'pino';
import t, { type Test } from 'tap';
import { Directory } from '../../src/directory/directory.js';
import type { Endpoint } from '../../src/directory/endpoint.js';
import { jsonRpc, type Rpc, RpcFault } from '../../src/kamailio/json-rpc.js';
import { Registrars } from '../../src/kamailio/registrars.js';
import type { Registration } from '../../src/kamailio/registration.js';
import { sendRegister } from '../../src/kamailio/send-register.js';
import { agent, contactCenter, DOMAIN, endpoint, registrar } from '../support/contact-center.js';
import { Kamailio } from '../support/kamailio.js';
import { until } from '../support/until.js';

const CONFIG = new URL('../support/bare-registrar.cfg', import.meta.url).pathname;
const SALES = 'sip:sales@cc.example.com';
const SUPPORT = 'sip:support@cc.example.com';
const ALICE = 'sip:alice@cc.example.com';
const MUSIC = 'sip:hold-music@cc.example.com';
const ALL = [SALES, SUPPORT, ALICE, MUSIC, 'sip:bob@cc.example.com'];
const INSTANCE = '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>';

/** What is there when nobody is registered. */
const EMPTY: Record<string, string[]> = {
  [SALES]: ['sip:sales@192.0.2.10:5060 1', 'sip:moh@192.0.2.30:5070 0.01'],
  [SUPPORT]: ['sip:support@192.0.2.10:5060 1'],
  [ALICE]: ['sip:alice@192.0.2.10:5060 1'],
  [MUSIC]: ['sip:hold-music@192.0.2.10:5060 1', 'sip:moh@192.0.2.30:5070 0.01'],
};

interface Line {
  readonly msg: string;
  readonly node: string;
}

class Scene {
  readonly directory = new Directory();
  readonly registrars: Registrars;
  readonly kamailio: Kamailio;
  /** The commands that were sent. */
  commands: string[] = [];
  readonly log: Line[] = [];

  constructor(kamailio: Kamailio, rpc: Rpc = jsonRpc) {
    this.kamailio = kamailio;
    this.directory.putContactCenter(contactCenter());
    this.directory.putNode(registrar({ rpc_url: kamailio.rpcUrl }));
    this.registrars = new Registrars({
      directory: this.directory,
      rpc: (url, method, params) => {
        this.commands.push(method);
        return rpc(url, method, params);
      },
      log: pino({}, { write: (line: string) => this.log.push(JSON.parse(line)) }),
      clock: Date.now,
    });
  }

  register(name: string, part: Partial<Endpoint> = {}): Endpoint {
    const now = Date.now();
    const registered = endpoint(name, { expires_at: now + 300_000, registered_at: now, ...part });
    this.directory.putEndpoint(registered);
    return registered;
  }

  leave({ domain, agent, key }: Endpoint): void {
    this.directory.removeEndpoint(domain, agent, key);
  }

  /** `contact q` of each binding, highest first. */
  async held(aor: string): Promise<string[]> {
    return (await this.kamailio.bindings(aor)).map(({ contact, q }) => `${contact} ${q}`);
  }

  async holds(aor: string, expected: readonly string[] | undefined): Promise<void> {
    let last: string[] = [];
    await until(`${aor} to be bound to ${expected?.join(', ')}`, async () => {
      last = await this.held(aor);
      return JSON.stringify(last) === JSON.stringify(expected);
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; it is bound to ${last.join(', ')}`);
    });
  }

  async holdsAll(expected: Record<string, string[]>): Promise<void> {
    for (const [aor, bindings] of Object.entries(expected)) await this.holds(aor, bindings);
  }
}

/** A registrar that has been brought up to date once. */
async function newScene(t: Test, rpc?: Rpc): Promise<Scene> {
  const kamailio = await Kamailio.start({
    role: 'registrar',
    node: 'reg1',
    understudyUrl: 'http://127.0.0.1:1',
    config: CONFIG,
  });
  const scene = new Scene(kamailio, rpc);
  t.teardown(async () => {
    await scene.registrars.close();
    await kamailio.stop();
  });
  scene.registrars.start();
  await scene.holdsAll(EMPTY);
  return scene;
}

/** `ul.add` for all five addresses, seven contacts: all that was put is held for good. */
const seven = (scene: Scene) => scene.commands.filter((command) => command === 'ul.add').length === 7;

t.test('B6 B7 B8: with nobody registered, contact center and treatment are bound for good', async (t) => {
  const scene = await newScene(t);
  for (const aor of ALL) {
    const bindings = await scene.kamailio.bindings(aor);
    t.ok(bindings.length > 0 && bindings.every(({ expires }) => expires === null), aor);
  }
  await until('it is known', () => scene.registrars.holds(SALES, 'sip:moh@192.0.2.30:5070'));
  t.notOk(scene.registrars.holds(SALES, 'sip:moh@192.0.2.99'));
  scene.directory.putNode(registrar({ node: 'reg2', rpc_url: null }));
  t.notOk(scene.registrars.holds(SALES, 'sip:moh@192.0.2.30:5070'), 'reg2 can not be asked');
  t.same(scene.kamailio.warnings(), []);
});

t.test('a fixed contact is bound for good, also after a phone has registered there and left', async (t) => {
  const scene = await newScene(t);
  const cell = { uri: 'sip:+14155550199@192.0.2.40', when: 'always' } as const;
  const agents = [agent('alice', { sales: 1 }, { contacts: [cell] })];
  scene.directory.putContactCenter(contactCenter({ agents }));
  scene.registrars.changed([SALES, ALICE]);
  const location = 'sip:sales@192.0.2.10:5060 1';
  const music = 'sip:moh@192.0.2.30:5070 0.01';
  const withCell = [location, `${cell.uri} 0.889`, music];
  const forGood = async (is: boolean) => {
    const bindings = await scene.kamailio.bindings(SALES);
    return bindings.some(({ contact, expires }) => contact === cell.uri && (expires === null) === is);
  };
  await scene.holds(SALES, withCell);
  await scene.holds(ALICE, ['sip:alice@192.0.2.10:5060 1', `${cell.uri} 0.49`]);
  t.ok(await forGood(true));
  await until('it is known', () => scene.registrars.holds(SALES, cell.uri));

  const registered = scene.register('alice', { contact: cell.uri });
  scene.registrars.changed([SALES, ALICE]);
  await scene.holds(SALES, [location, `${cell.uri} 0.899`, music]);
  await until('it ends with the endpoint', () => forGood(false));
  scene.leave(registered);
  scene.registrars.changed([SALES, ALICE]);
  await scene.holds(SALES, withCell);
  await until('it is bound for good again', () => forGood(true));

  scene.directory.putContactCenter(contactCenter());
  scene.registrars.changed([SALES, ALICE]);
  await scene.holdsAll(EMPTY);
});

t.test('B1 B2: an endpoint is registered with all that belongs to it, and taken off again', async (t) => {
  const scene = await newScene(t);
  const path = '<sip:127.0.0.1:5099;lr>';
  const received = 'sip:203.0.113.9:5062';
  const registered = scene.register('alice', { instance: INSTANCE, reg_id: 1, path, received });
  scene.registrars.changed([SALES, ALICE]);
  await scene.holds(SALES, [
    'sip:sales@192.0.2.10:5060 1',
    'sip:alice@10.0.0.7:5062 0.899',
    'sip:moh@192.0.2.30:5070 0.01',
  ]);
  await scene.holds(ALICE, ['sip:alice@192.0.2.10:5060 1', 'sip:alice@10.0.0.7:5062 0.5']);
  const found = (await scene.kamailio.bindings(SALES))[1];
  t.match(found, { path, received, instance: INSTANCE });
  t.ok(found?.expires && found.expires > 290 && found.expires <= 300, 'it ends with the endpoint');
  scene.leave(registered);
  scene.registrars.changed([SALES, ALICE]);
  await scene.holdsAll(EMPTY);
});

t.test('one phone with two lines is bound for both agents', async (t) => {
  const scene = await newScene(t);
  for (const name of ['alice', 'bob']) scene.register(name, { instance: INSTANCE, reg_id: 1 });
  scene.registrars.changed([SALES]);
  await scene.holds(SALES, [
    'sip:sales@192.0.2.10:5060 1',
    'sip:alice@10.0.0.7:5062 0.899',
    'sip:bob@10.0.0.7:5062 0.889',
    'sip:moh@192.0.2.30:5070 0.01',
  ]);
});

t.test('the next best agent steps up when one leaves, and is displaced again', async (t) => {
  const scene = await newScene(t);
  const agents = Array.from({ length: 12 }, (_, i) => agent(`agent${10 + i}`));
  scene.directory.putContactCenter(contactCenter({ agents }));
  const registered = agents.map(({ name }) => scene.register(name));
  const withAgents = (from: number, to: number) => [
    'sip:sales@192.0.2.10:5060 1',
    ...agents
      .slice(from, to)
      .map(({ name }, i) => `sip:${name}@10.0.0.7:5062 ${(899 - (from + i) * 10) / 1000}`),
    'sip:moh@192.0.2.30:5070 0.01',
  ];
  scene.registrars.changed([SALES]);
  await scene.holds(SALES, withAgents(0, 9));
  scene.leave(registered[0] as Endpoint);
  scene.registrars.changed([SALES]);
  await scene.holds(SALES, withAgents(1, 10));
  scene.register('agent10');
  scene.registrars.changed([SALES]);
  await scene.holds(SALES, withAgents(0, 9));
  scene.directory.putNode(registrar({ rpc_url: scene.kamailio.rpcUrl, max_branches: 5 }));
  scene.registrars.changed([]);
  await scene.holds(SALES, withAgents(0, 2));
});

t.test('what a node has registered itself is not sent again', async (t) => {
  const scene = await newScene(t);
  const { contact, path, received, expires } = scene.register('alice');
  const registration: Registration = {
    ...{ aor: SALES, contact, q: 899, expires, role: 'agent', call_id: 'a', cseq: 1, path, received },
    ...{ instance: null, reg_id: null },
  };
  await until('it is up to date', () => seven(scene));
  scene.commands = [];
  scene.registrars.sent([registration], 'reg1');
  scene.registrars.changed([SALES, MUSIC]);
  scene.registrars.sent([{ ...registration, aor: SUPPORT }], 'edge1');
  scene.registrars.changed([SUPPORT]);
  await scene.registrars.close();
  t.same(scene.commands, []);
});

t.test('a REGISTER that arrives when its agent has been displaced is taken back', async (t) => {
  const scene = await newScene(t);
  const { contact, path, received, expires } = scene.register('alice');
  const registration: Registration = {
    ...{ aor: SALES, contact, q: 899, expires, role: 'agent', call_id: 'a', cseq: 1, path, received },
    ...{ instance: null, reg_id: null },
  };
  await until('it is up to date', () => seven(scene));
  scene.registrars.sent([registration], 'reg1');
  scene.leave(endpoint('alice'));
  scene.registrars.changed([SALES]);
  await until('it has been removed', () => scene.commands.includes('ul.rm_contact'));
  await sendRegister(scene.kamailio.rpc.bind(scene.kamailio), scene.kamailio.uri, registration);
  await scene.holds(SALES, [
    'sip:sales@192.0.2.10:5060 1',
    'sip:alice@10.0.0.7:5062 0.899',
    'sip:moh@192.0.2.30:5070 0.01',
  ]);
  await scene.holds(SALES, EMPTY[SALES]);
});

t.test(
  "B10: on an agent's own address the contact center's binding rides on the REGISTER, then is for good",
  async (t) => {
    const scene = await newScene(t);
    const registered = scene.register('alice', { expires: 60, expires_at: Date.now() + 60_000 });
    const call = scene.kamailio.rpc.bind(scene.kamailio);
    const headers = [
      `From: <${ALICE}>;tag=1`,
      `To: <${ALICE}>`,
      'Call-ID: alice@phone',
      'CSeq: 7 REGISTER',
      'Contact: <sip:alice@192.0.2.10:5060>;q=1;expires=60, <sip:alice@10.0.0.7:5062>;q=0.5;expires=60',
    ];
    await call('tm.t_uac_start', [
      'REGISTER',
      `sip:${DOMAIN}`,
      scene.kamailio.uri,
      '.',
      `${headers.join('\r\n')}\r\n`,
    ]);
    const expiries = async () => (await scene.kamailio.bindings(ALICE)).map(({ expires }) => expires);
    await until('both to be bound', async () => (await expiries()).filter(Boolean).length === 2);
    const base = { aor: ALICE, expires: 60, call_id: 'alice@phone', cseq: 7, path: null, received: null };
    scene.registrars.sent([
      {
        ...base,
        contact: 'sip:alice@192.0.2.10:5060',
        q: 1000,
        role: 'contact_center',
        instance: null,
        reg_id: null,
      },
      { ...base, contact: 'sip:alice@10.0.0.7:5062', q: 500, role: 'agent', instance: null, reg_id: null },
    ]);
    scene.registrars.changed([ALICE]);
    t.notOk((await expiries()).includes(null));
    scene.leave(registered);
    scene.registrars.changed([ALICE]);
    await until(
      'only the contact center, for good',
      async () => JSON.stringify(await expiries()) === '[null]',
    );
  },
);

t.test('a service that starts again asks what is held, and puts right only what is wrong', async (t) => {
  const scene = await newScene(t);
  const alice = scene.register('alice');
  scene.registrars.changed(ALL);
  const full = [
    'sip:sales@192.0.2.10:5060 1',
    'sip:alice@10.0.0.7:5062 0.899',
    'sip:moh@192.0.2.30:5070 0.01',
  ];
  await scene.holds(SALES, full);
  await scene.registrars.close();
  // A phone that Kamailio alone kept alive while the service was away.
  await scene.kamailio.rpc('ul.add', [
    'location',
    'sales@cc.example.com',
    'sip:bob@10.0.0.8',
    90,
    0.5,
    '.',
    0,
    0,
    16383,
  ]);

  const next = new Scene(scene.kamailio);
  t.teardown(() => next.registrars.close());
  next.directory.putContactCenter(
    contactCenter({ locations: [{ uri: 'sip:192.0.2.20', priority: 1, fr_timer_ms: 2_000 }] }),
  );
  next.register('alice', alice);
  next.registrars.start();
  await next.holds(SALES, [
    'sip:sales@192.0.2.20 1',
    ...full.slice(1, 2),
    'sip:bob@10.0.0.8 0.5',
    ...full.slice(2),
  ]);
  await next.holds(MUSIC, ['sip:hold-music@192.0.2.20 1', 'sip:moh@192.0.2.30:5070 0.01']);
  await until('the new location to be known', () =>
    next.registrars.holds(MUSIC, 'sip:hold-music@192.0.2.20'),
  );
  t.notOk(next.commands.includes('tm.t_uac_start'), 'endpoints that are there are left alone');
});

t.test('a contact center that is deleted leaves nothing behind', async (t) => {
  const scene = await newScene(t);
  scene.register('alice');
  scene.registrars.changed(ALL);
  await until('alice is bound', async () => (await scene.held(SUPPORT)).length === 2);
  scene.directory.removeContactCenter(DOMAIN);
  scene.registrars.changed(ALL);
  for (const aor of ALL) await scene.holds(aor, []);
  t.notOk(scene.registrars.holds(SALES, 'sip:moh@192.0.2.30:5070'));
});

t.test('so does one that is deleted while a phone is being bound', async (t) => {
  let meanwhile = () => {};
  const rpc: Rpc = (url, method, params) => {
    if (method === 'tm.t_uac_start') meanwhile();
    return jsonRpc(url, method, params);
  };
  const scene = await newScene(t, rpc);
  meanwhile = () => {
    scene.directory.removeContactCenter(DOMAIN);
    scene.registrars.changed(ALL);
  };
  scene.register('alice');
  scene.registrars.changed(ALL);
  await until('alice is bound', () => scene.commands.includes('tm.t_uac_start'));
  for (const aor of ALL) await scene.holds(aor, []);
});

t.test('a registrar that was killed gets everything back when it says that it has started', async (t) => {
  const scene = await newScene(t);
  scene.register('alice');
  scene.registrars.changed(ALL);
  const before = ['sip:alice@192.0.2.10:5060 1', 'sip:alice@10.0.0.7:5062 0.5'];
  await scene.holds(ALICE, before);
  await scene.kamailio.kill();
  await scene.kamailio.startAgain();
  t.same(await scene.held(ALICE), []);
  scene.registrars.started('reg1');
  await scene.holds(ALICE, before);
  await scene.holds(MUSIC, EMPTY[MUSIC]);
  scene.registrars.started('unknown');
});

t.test('a registrar that was killed and says nothing is found out at the next change', async (t) => {
  const scene = await newScene(t);
  await scene.kamailio.kill();
  scene.register('alice');
  scene.registrars.changed([SALES]);
  await until('it to be missed', () => scene.log.length > 0);
  await scene.kamailio.startAgain();
  await scene.holds(MUSIC, EMPTY[MUSIC]);
  await scene.holds(SUPPORT, ['sip:support@192.0.2.10:5060 1', 'sip:alice@10.0.0.7:5062 0.899']);
  await until('it has recovered', () => scene.log.length >= 2);
  t.match(scene.log.slice(0, 2), [
    { level: 40, node: 'reg1', msg: 'a registrar cannot be brought up to date' },
    { level: 30, node: 'reg1', msg: 'a registrar is up to date again' },
  ]);
});

t.test('a frozen registrar is tried again until it answers; another one is not held up', async (t) => {
  const scene = await newScene(t);
  const other = await Kamailio.start({
    role: 'registrar',
    node: 'reg2',
    understudyUrl: 'http://127.0.0.1:1',
    config: CONFIG,
  });
  t.teardown(() => other.stop());
  scene.kamailio.freeze();
  scene.directory.putNode(registrar({ node: 'reg2', rpc_url: other.rpcUrl }));
  scene.register('alice');
  scene.registrars.changed([SUPPORT]);
  await until('reg2 to have alice', async () => (await other.bindings(SUPPORT)).length === 2);
  await until('reg1 to be missed', () => scene.log.length > 0);
  scene.kamailio.thaw();
  await scene.holds(SUPPORT, ['sip:support@192.0.2.10:5060 1', 'sip:alice@10.0.0.7:5062 0.899']);
  // what it did with the command that was given up may have to be put right afterwards
  await until('it has recovered', () =>
    scene.log.some(({ msg }) => msg === 'a registrar is up to date again'),
  );
  t.same([...new Set(scene.log.map(({ node }) => node))], ['reg1']);
  scene.directory.removeNode('reg2');
  scene.registrars.started('reg2');
  t.ok(scene.registrars.holds(SUPPORT, 'sip:support@192.0.2.10:5060'), 'reg2 does not count any more');
});

t.test('one command that is refused delays no other address, and is tried again', async (t) => {
  let refuse = true;
  let inFlight = 0;
  let most = 0;
  const rpc: Rpc = async (url, method, params) => {
    if (refuse && method === 'ul.add' && params.includes('support@cc.example.com')) {
      throw new RpcFault(method, 500, "Can't insert record");
    }
    most = Math.max(most, ++inFlight);
    try {
      return await jsonRpc(url, method, params);
    } finally {
      inFlight -= 1;
    }
  };
  const kamailio = await Kamailio.start({
    role: 'registrar',
    node: 'reg1',
    understudyUrl: 'http://127.0.0.1:1',
    config: CONFIG,
  });
  const scene = new Scene(kamailio, rpc);
  t.teardown(async () => {
    await scene.registrars.close();
    await kamailio.stop();
  });
  scene.directory.putContactCenter(
    contactCenter({ agents: Array.from({ length: 50 }, (_, i) => agent(`agent${i}`)) }),
  );
  scene.registrars.start();
  await scene.holds('sip:agent49@cc.example.com', ['sip:agent49@192.0.2.10:5060 1']);
  await scene.holds(MUSIC, EMPTY[MUSIC]);
  t.same(await scene.held(SUPPORT), []);
  refuse = false;
  await scene.holds(SUPPORT, EMPTY[SUPPORT]);
  t.ok(most <= 5, `${most} at once: four addresses, and the search for what was left`);
});

t.test('an instance that stands by sends nothing, until its turn comes', async (t) => {
  const scene = await newScene(t);
  await until('it is up to date', () => seven(scene));
  const music = 'sip:moh@192.0.2.30:5070';
  t.ok(scene.registrars.commands);
  scene.registrars.standBy();
  t.notOk(scene.registrars.commands);
  scene.commands = [];
  scene.register('alice');
  scene.registrars.changed([SALES]);
  scene.registrars.started('reg1');
  t.notOk(scene.registrars.review('reg1'));
  t.equal(await scene.registrars.isThere(endpoint('alice')), undefined);
  t.ok(scene.registrars.holds(SALES, music), 'the other one sees to it');
  t.same(scene.commands, []);
  const differences = await scene.registrars.differences('reg1');
  t.same(
    differences?.map(({ address, kind }) => `${kind} ${address}`).sort(),
    ['missing sip:alice@cc.example.com', `missing ${SALES}`, `missing ${SUPPORT}`],
    'to look is no command',
  );
  t.same(
    scene.commands.filter((command) => !/^(core\.|ul\.(dump|lookup))/.test(command)),
    [],
  );
  scene.directory.putNode(registrar({ node: 'reg2', rpc_url: null }));
  t.notOk(scene.registrars.holds(SALES, music), 'nobody can');
  scene.registrars.start();
  await until('alice is bound', async () => (await scene.held(SUPPORT)).length === 2);
});

t.test('every five minutes a registrar is reviewed', async (t) => {
  const scene = await newScene(t);
  await until('it is up to date', () => seven(scene));
  await scene.registrars.close();
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  const next = new Scene(scene.kamailio);
  t.teardown(() => next.registrars.close());
  next.registrars.start();
  await until('all is known', () => next.registrars.holds(MUSIC, 'sip:moh@192.0.2.30:5070'));
  await scene.kamailio.rpc('ul.rm', ['location', 'support@cc.example.com']);
  mock.timers.tick(5 * 60_000);
  await next.holds(SUPPORT, EMPTY[SUPPORT]);
  await until('that is said', () => next.log.length > 0);
  t.match(next.log, [{ put: 1, removed: 0, msg: 'a registrar held something else than it should' }]);
});

t.test('a registrar that cannot say what it holds is brought up to date all the same', async (t) => {
  const rpc: Rpc = (url, method, params) => {
    if (method === 'ul.dump') throw new RpcFault(method, 500, 'Internal error creating aor struct');
    return jsonRpc(url, method, params);
  };
  const scene = await newScene(t, rpc);
  await until('it is said', () => scene.log.length > 0);
  t.match(scene.log, [{ node: 'reg1', msg: 'a registrar cannot be searched for what was left there' }]);
});

t.test('a phone is asked for by a registrar that can be asked', async (t) => {
  const scene = await newScene(t);
  scene.directory.putNode(registrar({ node: 'a-dead-one', rpc_url: 'http://127.0.0.1:9/RPC' }));
  const contact = scene.kamailio.uri.replace('sip:', 'sip:alice@');
  t.equal(await scene.registrars.isThere(endpoint('alice', { contact })), true, 'its 405 is an answer');
});

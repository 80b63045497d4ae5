import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

interface Differences {
  readonly differences: readonly {
    readonly address: string;
    readonly contact: string;
    readonly kind: string;
    readonly repair: string;
  }[];
}

const NODE = '/v1/nodes/reg1';
const GHOST = 'sip:ghost@192.0.2.66';
const PASSING = 'sip:passing@192.0.2.67';
const OLD = `former@${DOMAIN}`;

// B1, B8: what a registrar holds is what is provisioned and registered, whoever meddled with it, and whatever it has forgotten.
t.test('what was changed behind the back of the service is shown, and put right', async (t) => {
  const scene = await Scene.open(t);
  await scene.registrarIsKnown();
  const phone = await scene.phone('alice', { answer: 10 });
  const sales = [atContactCenter(scene, 'sales'), `${phone.contact} 0.899`, music(scene)];
  await holds(t, scene, 'sales', sales);
  const rpc = (method: string, ...params: unknown[]) => scene.registrar.rpc(method, ['location', ...params]);
  const bind = (aor: string, contact: string, expires: number, q: number) =>
    rpc('ul.add', aor, contact, expires, q, '.', 0, 0, 16_383);
  const differences = async () => {
    const { differences } = await scene.api<Differences>('GET', `${NODE}/differences`);
    return differences
      .map(({ kind, repair, address, contact }) => `${kind} ${repair} ${address} ${contact}`)
      .sort();
  };
  const differs = async (expected: readonly string[]) => {
    let found: string[] = [];
    await until('the differences', async () => {
      found = await differences();
      return JSON.stringify(found) === JSON.stringify(expected);
    }).catch(() => {});
    t.same(found, expected);
  };
  // A service that has answered a REGISTER makes sure that it has arrived. This one has asked the registrar once, and is done with it.
  await scene.understudy.kill9();
  await scene.startUnderstudyAgain();
  await until('the registrar to have been asked', async () => {
    const metrics = await (await fetch(`${scene.understudy.url}/metrics`)).text();
    return metrics.includes('understudy_registrar_waiting_addresses{node="reg1"} 0');
  });
  await differs([]);

  await t.test('bindings that were added, changed and removed', async (t) => {
    const [center, , treatment] = sales.map((binding) => binding.replace(/ .*$/, ''));
    await rpc('ul.rm_contact', `sales@${DOMAIN}`, treatment);
    await rpc('ul.rm_contact', `support@${DOMAIN}`, phone.contact);
    await bind(`sales@${DOMAIN}`, String(center), 0, 0.2);
    await bind(`bob@${DOMAIN}`, GHOST, 0, 0.9);
    await bind(`bob@${DOMAIN}`, PASSING, 600, 0.3);
    await bind(OLD, GHOST, 0, 1);
    const passing = `extra leave sip:bob@${DOMAIN} ${PASSING}`;
    await differs([
      `different put sip:sales@${DOMAIN} ${center}`,
      passing,
      `extra remove sip:bob@${DOMAIN} ${GHOST}`,
      `extra remove sip:${OLD} ${GHOST}`,
      `missing put sip:sales@${DOMAIN} ${treatment}`,
      `missing put sip:support@${DOMAIN} ${phone.contact}`,
    ]);
    t.equal((await scene.ask('POST', `${NODE}/repair`)).status, 202);
    await holds(t, scene, 'sales', sales);
    await holds(t, scene, 'former', [], 'is no address');
    const bob = [atContactCenter(scene, 'bob'), `${PASSING} 0.3`];
    await holds(t, scene, 'bob', bob, 'may have registered while the service was away');
    await differs([passing]);
    await rpc('ul.rm_contact', `bob@${DOMAIN}`, PASSING);
    t.match(scene.understudy.logs(), /"put":3,"removed":2,.*a registrar held something else/);
  });

  await t.test('everything at once', async (t) => {
    for (const user of ['sales', 'support', 'alice', 'bob', 'carol', 'hold-music']) {
      await rpc('ul.rm', `${user}@${DOMAIN}`);
    }
    t.same(await scene.held('sales'), []);
    await until('all to be missing', async () => (await differences()).length === 12);
    t.equal((await scene.ask('POST', `${NODE}/repair`)).status, 202);
    await holds(t, scene, 'sales', sales);
    await differs([]);
    await scene.contactCenter({ refuse: 503 });
    t.equal((await scene.call('alice')).answeredBy, 'alice');
  });

  t.same(scene.registrar.warnings(), []);

  await t.test(
    'what was left of an address by a service that ended before the registrar could be told',
    async (t) => {
      await scene.understudy.kill9();
      await bind(OLD, GHOST, 0, 1);
      await scene.startUnderstudyAgain();
      await holds(t, scene, 'former', [], 'is found by itself');
    },
  );

  await t.test('a registrar that does not answer', async (t) => {
    scene.registrar.freeze();
    t.match(await scene.ask('GET', `${NODE}/differences`), {
      status: 503,
      body: { code: 'node_unavailable' },
    });
    t.equal((await scene.ask('POST', `${NODE}/repair`)).status, 202);
    scene.registrar.thaw();
    await differs([]);
  });
});

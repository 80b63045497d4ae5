import t from 'tap';
import { RegisterSocket } from '../../support/register-socket.js';
import { entriesOf } from '../../support/remembered.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

/** For each agent. */
const PLACES = 10;

// Every table that the wire can fill has a bound: by agent, and nothing is kept of what was withdrawn.
t.test('one phone that registers under ever new instances', async (t) => {
  const scene = await Scene.open(t, {
    document: { expiry: { min_seconds: 1 } },
    kamailioEnv: { GUARD_REGISTERS_IN_5_SECONDS: '10000' },
  });
  const { registrar } = scene;
  const socket = await RegisterSocket.open(t, scene.registerTarget);

  await t.test('and withdraws each: nothing is left', async (t) => {
    for (let i = 0; i < 30; i++) {
      t.equal((await socket.phone('alice', `new-${i}`)).status, 200);
      t.equal((await socket.star('alice')).status, 200);
    }
    t.equal(await entriesOf(registrar, 'understudy_last'), 0);
    for (let i = 0; i < 30; i++) {
      t.equal((await socket.phone('alice', `new-${i}`)).status, 200);
      t.equal((await socket.phone('alice', `new-${i}`, 0)).status, 200);
    }
    t.equal(await entriesOf(registrar, 'understudy_last'), 0);
  });

  await t.test(
    'and withdraws none, but is gone a second later: ten are remembered, the last ones',
    async (t) => {
      for (const round of ['first', 'second']) {
        for (let i = 0; i < PLACES; i++)
          t.equal((await socket.phone('alice', `${round}-${i}`, 1)).status, 200);
        t.equal(await entriesOf(registrar, 'understudy_last'), PLACES);
        await scene.heldWhen('alice', (held) => held.length === 1);
        await until('the service to forget them', async () => {
          const explained = await scene.api('GET', `/v1/bindings?address=sip:alice@${DOMAIN}`);
          return !JSON.stringify(explained).includes(round);
        });
      }
    },
  );

  await t.test('however the address is written, it is one', async (t) => {
    for (const user of ['ALICE', 'Alice', '%61lice', 'al%69ce', 'alicE']) {
      t.equal((await socket.phone(user, 'other')).status, 200);
    }
    t.equal(await entriesOf(registrar, 'understudy_last'), PLACES);
    t.equal(await entriesOf(registrar, 'understudy_agents'), 1);
  });

  await t.test('of what the service refuses or does not know there are places as well', async (t) => {
    for (let i = 0; i < 200; i++) {
      t.equal((await socket.phone(`nobody${i}`, 'x')).status, 403);
      t.equal((await socket.phone(`someone@domain${i}.example.org`, 'x')).status, 404);
    }
    t.equal(await entriesOf(registrar, 'understudy_last'), PLACES);
    t.equal(await entriesOf(registrar, 'understudy_agents'), 1);
    t.ok((await entriesOf(registrar, 'understudy_forbidden')) <= 200);
    t.ok((await entriesOf(registrar, 'understudy_elsewhere')) <= 200);
  });

  await t.test('with the service dead: no more than there are places for', async (t) => {
    await scene.understudy.kill9();
    t.equal((await socket.star('alice')).status, 200);
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++) statuses.push((await socket.phone('alice', `dead-${i}`)).status);
    t.same(statuses, [...Array(PLACES).fill(200), ...Array(20 - PLACES).fill(503)]);
    await scene.heldWhen(
      'alice',
      (held) => held.filter(({ contact }) => /dead-/.test(contact)).length === PLACES,
    );
    t.equal((await socket.phone('alice', 'dead-3')).status, 200, 'a refresh');
    t.equal((await socket.star('alice')).status, 200);
    await scene.heldWhen('alice', (held) => held.every(({ contact }) => !/dead-/.test(contact)));
  });
});

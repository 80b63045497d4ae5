import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { startUnderstudy, type Understudy } from '../../support/understudy.js';
import { until } from '../../support/until.js';

const WON = /this instance commands the registrars/g;
const LOST = /another instance commands the registrars; this one stands by/g;
const ALICE = `/v1/contact-centers/${DOMAIN}/agents/alice`;

const ORDER = { kind: 'bypass', reason: 'maintenance', by: 'the test', expires_in_seconds: 600 };

const count = (instance: Understudy, pattern: RegExp) => instance.logs().match(pattern)?.length ?? 0;
const wins = (instance: Understudy, times: number) =>
  until('it to win', () => count(instance, WON) === times, 30_000);
const repair = async ({ url }: Understudy) =>
  (await fetch(`${url}/v1/nodes/reg1/repair`, { method: 'POST' })).status;

// B1, B8: of several instances on one Postgres one alone commands the registrars, and there is always one.
t.test('one of two instances commands the registrars', async (t) => {
  const scene = await Scene.open(t, { durable: true });
  const first = scene.understudy;
  const second = await startUnderstudy({ databaseUrl: String(scene.postgres?.url) });
  t.teardown(() => second.stop());
  const phone = await scene.phone('alice');
  const sales = [atContactCenter(scene, 'sales'), `${phone.contact} 0.899`, music(scene)];

  await t.test('the first does, the second stands by', async (t) => {
    await until('the second to know', () => count(second, LOST) === 1);
    t.equal(count(first, WON), 1);
    t.equal(count(second, WON), 0);
    await holds(t, scene, 'sales', sales);
    t.equal(await repair(first), 202);
    t.equal(await repair(second), 503);
    await scene.registrar.rpc('ul.rm', ['location', `support@${DOMAIN}`]);
    t.equal(await repair(first), 202);
    await scene.heldWhen('support', (all) => all.length === 3);
  });

  await t.test('while Postgres is frozen, or gone, the first goes on', async (t) => {
    const bound = async (why: string) => {
      await scene.registrar.rpc('ul.rm', ['location', `sales@${DOMAIN}`]);
      t.equal(await repair(first), 202);
      await holds(t, scene, 'sales', sales, why);
    };
    scene.postgres?.freeze();
    await bound('frozen');
    scene.postgres?.thaw();
    await scene.postgres?.kill9();
    await bound('gone');
    t.equal(await repair(second), 503);
    await scene.postgres?.start();
    // Either may be the first to be back.
    await until('one of them to command', async () => {
      const answers = [await repair(first), await repair(second)].sort();
      return JSON.stringify(answers) === '[202,503]' && count(first, WON) + count(second, LOST) === 2;
    });
  });

  await t.test(
    'when the one that commands is gone, the other has read what happened and takes over',
    async (t) => {
      const [one, other] = (await repair(first)) === 202 ? [first, second] : [second, first];
      const before = count(other, WON);
      await fetch(`${one.url}${ALICE}/skills/sales`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: '{"level":9}',
      });
      await fetch(`${one.url}/v1/overrides`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...ORDER, contact_center: DOMAIN }),
      });
      await one.kill9();
      await wins(other, before + 1);
      const later = [atContactCenter(scene, 'sales'), `${phone.contact} 0.879`, music(scene)];
      await scene.registrar.rpc('ul.rm', ['location', `sales@${DOMAIN}`]);
      t.equal(await repair(other), 202);
      await holds(t, scene, 'sales', later);
      const document = await (await fetch(`${other.url}${ALICE}`)).json();
      t.match(document, { skills: { sales: 9 } });
      const { overrides } = (await (await fetch(`${other.url}/v1/overrides`)).json()) as {
        overrides: { kind: string }[];
      };
      t.match(
        overrides.find(({ kind }) => kind === 'bypass'),
        { reason: 'maintenance' },
      );
    },
  );
});

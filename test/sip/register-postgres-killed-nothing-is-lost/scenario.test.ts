import pg from 'pg';
import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

// Invariants 1 and 7: a phone doesn't notice that Postgres is gone, and what happened meanwhile is written when it is back.
t.test('with Postgres killed phones get their 200, and nothing is lost', async (t) => {
  const scene = await Scene.open(t, { durable: true });
  const alice = await scene.phone('alice');
  await scene.heldWhen('support', (bindings) => bindings.length === 3);
  await scene.postgres?.kill9();

  t.equal((await alice.register({ expires: 600 })).status, 200, 'a refresh');
  const bob = await scene.newPhone('bob');
  t.equal((await bob.register()).status, 200, 'a new phone');

  const sales = [
    atContactCenter(scene, 'sales'),
    `${alice.contact} 0.899`,
    `${bob.contact} 0.889`,
    music(scene),
  ];
  await holds(t, scene, 'bob', [atContactCenter(scene, 'bob'), `${bob.contact} 0.5`]);
  await holds(t, scene, 'sales', sales, 'is up to date before Postgres is');

  await scene.postgres?.start();
  const rows = [`${alice.contact} 2`, `${bob.contact} 1`];
  await until('both to be in Postgres', async () => {
    const found = await endpoints(scene.postgres?.url);
    if (found.join() !== rows.join()) throw new Error(found.join());
    return true;
  });
  await scene.understudy.kill9();
  await scene.startUnderstudyAgain();
  const { bindings } = await scene.api<{ bindings: { contact: string }[] }>(
    'GET',
    '/v1/bindings?address=sip:sales@cc.example.com',
  );
  t.same(
    bindings.map(({ contact }) => contact),
    sales.map((line) => line.split(' ')[0]),
  );
});

/** `contact cseq` of every endpoint. */
async function endpoints(url: string | undefined): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT contact, cseq FROM endpoints ORDER BY agent');
    return rows.map(({ contact, cseq }) => `${contact} ${cseq}`);
  } finally {
    await client.end();
  }
}

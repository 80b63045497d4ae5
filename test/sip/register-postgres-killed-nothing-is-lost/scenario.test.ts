import pg from 'pg';
import t from 'tap';
import { atContactCenter, holds, music } from '../../support/holds.js';
import { type Phone, Scene } from '../../support/scene.js';
import { until } from '../../support/until.js';

// Invariants 1 and 7: a phone doesn't notice that Postgres is gone, and what happened meanwhile is written when it is back.
t.test('with Postgres killed phones get their 200, and nothing is lost', async (t) => {
  const scene = await Scene.open(t);
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
  await until('both to be in Postgres', async () => {
    const written = await endpoints(scene.postgres?.url);
    return contacts(written).join() === [alice.contact, bob.contact].join() && written[0]?.cseq === 2;
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

interface Row {
  readonly contact: Phone['contact'];
  readonly cseq: number;
}

async function endpoints(url: string | undefined): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query('SELECT contact, cseq::integer FROM endpoints ORDER BY agent')).rows;
  } finally {
    await client.end();
  }
}

function contacts(rows: readonly Row[]): string[] {
  return rows.map(({ contact }) => contact);
}

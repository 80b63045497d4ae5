import pg from 'pg';
import t, { type Test } from 'tap';
import { type Candidate, Election } from '../../src/store/election.js';
import { openStore } from '../../src/store/open-store.js';
import { logLines } from '../support/log-lines.js';
import { type Postgres, startPostgres } from '../support/postgres.js';
import { until } from '../support/until.js';

interface Told {
  readonly events: string[];
  readonly stop: () => Promise<void>;
}

function stand(t: Test, { url }: Postgres, part: Partial<Candidate> = {}, schema = 'public'): Told {
  const events: string[] = [];
  const candidate: Candidate = {
    hears: () => true,
    won: async () => void events.push('won'),
    lost: () => void events.push('lost'),
    ...part,
  };
  const newClient = () =>
    new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 500,
      query_timeout: 1_000,
      options: `-c search_path=${schema}`,
    });
  const election = new Election(newClient, candidate, logLines());
  t.teardown(() => election.stop());
  return { events, stop: () => election.stop() };
}

async function newPostgres(t: Test): Promise<Postgres> {
  const postgres = await startPostgres({ durable: true });
  t.teardown(() => postgres.stop());
  return postgres;
}

t.test('one wins, the others lose, and the next wins when it leaves', async (t) => {
  const postgres = await newPostgres(t);
  const first = stand(t, postgres);
  await until('it to win', () => first.events.length === 1);
  const second = stand(t, postgres);
  await until('it to lose', () => second.events.length === 1);
  t.same([first.events, second.events], [['won'], ['lost']]);
  await first.stop();
  await until('it to win', () => second.events.length === 2);
  t.same(second.events, ['lost', 'won']);
});

t.test('Understudys in schemas of their own have nothing to do with each other', async (t) => {
  const postgres = await newPostgres(t);
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query('CREATE SCHEMA other');
  await client.end();
  const both = [stand(t, postgres), stand(t, postgres, {}, 'other')];
  await until('both to win', () => both.every(({ events }) => events[0] === 'won'));
});

t.test('a winner that can not take up its work gives the others a chance, and is tried again', async (t) => {
  const postgres = await newPostgres(t);
  let failures = 0;
  const failing = stand(t, postgres, {
    won: async () => {
      failures += 1;
      if (failures < 3) throw new Error('not now');
    },
  });
  await until('the third time', () => failures === 3);
  await failing.stop();
});

t.test('without Postgres nothing changes, and with it again there is one', async (t) => {
  const postgres = await newPostgres(t);
  const first = stand(t, postgres);
  await until('it to win', () => first.events.length === 1);
  await postgres.kill9();
  await postgres.start();
  const client = new pg.Client(postgres.url);
  await client.connect();
  const locks = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted";
  await until('it to have the lock again', async () => (await client.query(locks)).rowCount === 1);
  await client.end();
  t.same(first.events, ['won']);
});

t.test('one who comes back too late loses', async (t) => {
  const postgres = await newPostgres(t);
  const first = stand(t, postgres);
  await until('it to win', () => first.events.length === 1);
  const client = new pg.Client(postgres.url);
  await client.connect();
  const grab = client.query('SELECT pg_advisory_lock(1970168933, hashtext(current_schema()))');
  const holder = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted";
  const other = new pg.Client(postgres.url);
  await other.connect();
  await until('the other to wait', async () => {
    const { rowCount } = await other.query(
      "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
    );
    return rowCount === 1;
  });
  await other.query(holder);
  await grab;
  await until('it to know', () => first.events.length === 2);
  t.same(first.events, ['won', 'lost']);
  await Promise.all([client.end(), other.end()]);
});

t.test(
  'a winner that does not hear the others leaves the place to one that does, and to no other',
  async (t) => {
    t.setTimeout(180_000);
    const postgres = await newPostgres(t);
    const hearing = new Set<string>();
    const candidate = (name: string) => stand(t, postgres, { hears: () => hearing.has(name) });
    hearing.add('first');
    const first = candidate('first');
    await until('it to win', () => first.events.length === 1);
    const deaf = candidate('deaf');
    await until('it to lose', () => deaf.events.length === 1);
    hearing.delete('first');
    const client = new pg.Client(postgres.url);
    await client.connect();
    const held = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted";
    const isFree = async () => (await client.query(held)).rowCount === 0;
    await until('the lock to be offered', isFree, 60_000);
    await until('the lock to be taken back', async () => !(await isFree()), 60_000);
    t.same([first.events, deaf.events], [['won'], ['lost']], 'who does not hear either is not meant');
    const second = candidate('second');
    hearing.add('second');
    await until('it to win', () => second.events.at(-1) === 'won', 60_000);
    await until('the first one to know', () => first.events.at(-1) === 'lost', 60_000);
    t.same(deaf.events, ['lost']);
    await Promise.all([first.stop(), second.stop()]);
    await until('the deaf one to take what nobody takes', () => deaf.events.at(-1) === 'won', 60_000);
    await client.end();
  },
);

t.test('a frozen Postgres keeps nobody from stopping', async (t) => {
  const postgres = await newPostgres(t);
  const winner = stand(t, postgres);
  await until('it to win', () => winner.events.length === 1);
  const loser = stand(t, postgres);
  await until('it to lose', () => loser.events.length === 1);
  postgres.freeze();
  await Promise.all([winner.stop(), loser.stop()]);
  t.same([winner.events, loser.events], [['won'], ['lost']]);
});

t.test('an embedded Postgres has one instance by construction', async (t) => {
  const store = await openStore({ DATA_DIR: t.testdir() }, logLines());
  t.teardown(() => store.close());
  let won = false;
  const leave = store.elect({
    hears: () => true,
    won: async () => {
      won = true;
    },
    lost: () => t.fail('there is nobody else'),
  });
  t.ok(won);
  await leave();
});

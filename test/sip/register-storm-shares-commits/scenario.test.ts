import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import t, { type Test } from 'tap';
import { freePort } from '../../support/free-port.js';
import { DOMAIN, Scene } from '../../support/scene.js';
import { Sipp } from '../../support/sipp.js';
import { readStatistics, withStatistics } from '../../support/sipp-statistics.js';
import { until } from '../../support/until.js';

const PHONES = 200;
const PER_SECOND = 100;
/** A disk as slow as this would take 10 s for one commit after the other; the storm lasts 2 s. */
const COMMIT_SECONDS = 0.05;
/** The contact center, as many agents as fit Kamailio's branches, the treatment. */
const HELD = 11;

/** Every other one has a second skill; in no order, so that many step up and are displaced as the storm goes on. */
const agents = Array.from({ length: PHONES }, (_, i) => {
  const n = (i * 37) % PHONES;
  const skills = { sales: 1 + (n % 5), ...(n % 2 === 0 && { support: 1 }) };
  return { name: `agent-${n}`, port: 10_000 + n, skills };
});

t.test('200 phones register at 100 a second: all are answered and bound, and share commits', async (t) => {
  const scene = await Scene.open(t, {
    edge: true,
    agents: Object.fromEntries(agents.map(({ name, skills }) => [name, skills])),
  });
  for (const { name } of agents) await scene.heldWhen(name, (held) => held.length === 1);
  const database = new pg.Client({ connectionString: scene.databaseUrl });
  await database.connect();
  t.teardown(() => database.end());
  await makeCommitsSlow(database);

  const statistics = await storm(t, scene);
  t.match(statistics, { successful: PHONES, failed: 0 });

  const commits = await until('all endpoints in Postgres', () => commitsOf(database, PHONES));
  t.ok(commits < PHONES, `${PHONES} REGISTERs in ${commits} commits`);

  for (const { name, port } of agents) {
    const contacts = [`sip:${name}@127.0.0.1:${scene.locationPorts[0]}`, `sip:${name}@127.0.0.1:${port}`];
    t.strictSame(contactsOf(await scene.held(name)), contacts, name);
  }
  for (const skillset of ['sales', 'support']) {
    const wanted = await heldByTheService(scene, skillset);
    t.equal(wanted.length, HELD);
    // no REGISTER that came late has left one too many, or an end to what is bound for good
    const held = await scene.heldWhen(skillset, (held) => {
      const forGood = held.filter(({ expires }) => expires === null);
      return contactsOf(held).join() === wanted.join() && forGood.length === 2;
    });
    t.strictSame(
      held.map(({ expires }) => expires === null),
      wanted.map((_, i) => i === 0 || i === HELD - 1),
      `${skillset}: contact center and treatment are bound for good`,
    );
  }
  // On a machine that is busy with other things the edge may decide without the service now and then, which says so.
  const warnings = [...scene.registrar.warnings(), ...(scene.edge?.warnings() ?? [])];
  t.strictSame(
    warnings.filter((line) => !line.includes('understudy=away method=REGISTER')),
    [],
  );
});

async function makeCommitsSlow(database: pg.Client) {
  await database.query(`
    CREATE FUNCTION slow_disk() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN PERFORM pg_sleep(${COMMIT_SECONDS}); RETURN NULL; END $$;
    CREATE TRIGGER slow_disk AFTER INSERT ON endpoints FOR EACH STATEMENT EXECUTE FUNCTION slow_disk()`);
}

/** In how many transactions so many endpoints were written: each row knows its own. Undefined while some are missing. */
async function commitsOf(database: pg.Client, endpoints: number): Promise<number | undefined> {
  const { rows } = await database.query<{ endpoints: number; commits: number }>(
    'SELECT count(*)::integer AS endpoints, count(DISTINCT xmin::text)::integer AS commits FROM endpoints',
  );
  return rows[0]?.endpoints === endpoints ? rows[0].commits : undefined;
}

async function storm(t: Test, scene: Scene) {
  const directory = t.testdir();
  const phones = join(directory, 'phones.csv');
  const statistics = join(directory, 'statistics.csv');
  await writeFile(
    phones,
    ['SEQUENTIAL', ...agents.map(({ name, port }) => `${name};${port}`), ''].join('\n'),
  );
  const sipp = new Sipp({
    scenario: new URL('./phones.xml', import.meta.url).pathname,
    port: await freePort(),
    target: scene.registerTarget,
    keys: { domain: DOMAIN },
    args: [
      ...['-inf', phones, '-m', String(PHONES), '-r', String(PER_SECOND), '-l', String(PHONES)],
      ...['-timeout', '40s', '-timeout_error', ...withStatistics(statistics)],
    ],
  });
  t.teardown(() => sipp.kill());
  t.equal(await sipp.ended(), 0);
  return readStatistics(statistics);
}

async function heldByTheService(scene: Scene, skillset: string): Promise<string[]> {
  const { bindings } = await scene.api<{ bindings: { contact: string; held: boolean }[] }>(
    'GET',
    `/v1/bindings?address=sip:${skillset}@${DOMAIN}`,
  );
  return contactsOf(bindings.filter(({ held }) => held));
}

function contactsOf(bindings: readonly { contact: string }[]): string[] {
  return bindings.map(({ contact }) => contact);
}

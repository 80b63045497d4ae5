import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { POLICY } from '../../src/directory/contact-center.js';
import { migrate } from '../../src/store/migrate.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { agent, skillset, treatment } from '../support/contact-center.js';
import { emptyDataDir } from '../support/embedded-data-dir.js';
import { logLines } from '../support/log-lines.js';
import { startPostgres } from '../support/postgres.js';
import { CENTER } from './call-service.js';
import { send } from './send.js';

const SQL = new URL('../../sql/', import.meta.url).pathname;

const LATER = 'CREATE TABLE later (a integer);\nINSERT INTO later VALUES (1);\n';

const DATABASES = {
  embedded: async (t: Test) => ({ DATA_DIR: await emptyDataDir(t) }),
  server: async (t: Test) => {
    const postgres = await startPostgres();
    t.teardown(() => postgres.stop());
    return { DATABASE_URL: postgres.url, DATA_DIR: '' };
  },
};

/** The migrations of a later version: all that there are now, and one more. The path looks like a glob. */
async function laterVersion(t: Test, version: string, sql: string): Promise<string> {
  const directory = join(t.testdir(), `later [${version}] (a*?{b})`, '/');
  await cp(SQL, directory, { recursive: true });
  await writeFile(join(directory, '9999.do.later.sql'), sql);
  return directory;
}

/** The migrations of the first version. */
async function firstVersion(t: Test): Promise<string> {
  const directory = join(t.testdir(), '/');
  const name = '0001.do.first-schema.sql';
  await cp(join(SQL, name), join(directory, name));
  return directory;
}

async function migrateTo(store: Store, directory: string): Promise<string[]> {
  const log = logLines();
  const client = await store.pool.connect();
  try {
    await migrate(client, log, directory);
  } finally {
    client.release();
  }
  return log.lines;
}

/** As the first version made it, with a contact center that it has saved. */
const FIRST = `
  INSERT INTO contact_centers VALUES ('old.example.com', 'proxy', 60, 300, 3600, '408', '486', '5..', true);
  INSERT INTO locations VALUES ('old.example.com', 'sip:192.0.2.10', 1, 2000);
  INSERT INTO treatments VALUES ('old.example.com', 'music', 'music_on_hold', 'sip:192.0.2.30', 2000);
  INSERT INTO skillsets VALUES ('old.example.com', 'sales', 'music', 15);
  INSERT INTO agents VALUES ('old.example.com', 'alice');
  INSERT INTO skills VALUES ('old.example.com', 'alice', 'sales', 1);`;

const CONTACT = 'sip:a!b@192.0.2.40';
const PATH = '<sip:c!d@192.0.2.41;lr>';
/** A phone that was saved before exclamation marks were escaped, and once more afterwards, and one with an instance. */
const PHONES = `
  INSERT INTO endpoints (domain, agent, key, contact, instance, path, received, call_id, cseq, expires, expires_at, registered_at)
  VALUES ('old.example.com', 'alice', '${CONTACT}', '${CONTACT}', NULL, '${PATH}', 'sip:e!f@192.0.2.42', 'g!h', 1, 300, now(), now()),
    ('old.example.com', 'alice', 'sip:a%21b@192.0.2.40', 'sip:a%21b@192.0.2.40', NULL, NULL, NULL, 'i!j', 2, 300, now(), now()),
    ('old.example.com', 'alice', '<urn:x:k!l>;0', '${CONTACT}', '<urn:x:k!l>', '${PATH}', 'sip:e!f@192.0.2.42', 'm!n', 3, 300, now(), now())`;

/** What is provisioned and registered is written and read again. */
async function worksOn(t: Test, store: Store): Promise<void> {
  const first = await buildApp({ store });
  const registered = {
    aor: 'sip:alice@cc.example.com',
    contact: '<sip:alice@10.0.0.7>',
    call_id: 'a',
    cseq: 1,
  };
  t.equal((await send(first, 'PUT /v1/contact-centers/cc.example.com', CENTER)).status, 201);
  t.match(await send(first, 'POST /v1/register', registered), { status: 200, body: { stored: true } });
  await first.close();
  const second = await buildApp({ store });
  t.teardown(() => second.close());
  const { body } = await send(second, 'GET /v1/targets?address=sip:sales@cc.example.com');
  t.match(body.targets[1], { role: 'agent', agent: 'alice' });
}

for (const [kind, newDatabase] of Object.entries(DATABASES)) {
  t.test(kind, async (t) => {
    const store = await openStore(await newDatabase(t), logLines());
    t.teardown(() => store.close());
    const later = await laterVersion(t, 'good', LATER);

    await t.test('a migration that fails is named, and nothing of it stays', async (t) => {
      const bad = await laterVersion(t, 'bad', 'CREATE TABLE later (a integer); SELECT 1 / 0;');
      const line = 'Migration 9999.do.later.sql failed and nothing of it was applied: division by zero';
      await t.rejects(migrateTo(store, bad), { message: line });
    });

    await t.test('the next version applies only what is new, and once', async (t) => {
      t.match(await migrateTo(store, later), [
        /brought up to date {"migrations":\["9999\.do\.later\.sql"\]}/,
      ]);
      t.same(await migrateTo(store, later), []);
      t.equal((await store.pool.query('SELECT 1 FROM later')).rowCount, 1);
    });

    await t.test('other line ends are no change, another text is', async (t) => {
      t.same(await migrateTo(store, await laterVersion(t, 'crlf', LATER.replaceAll('\n', '\r\n'))), []);
      const changed = await laterVersion(t, 'changed', `${LATER}-- and more`);
      const line =
        'Migration 9999.do.later.sql is not the file that was applied to this database: ' +
        'restore it, and put changes in a new one';
      await t.rejects(migrateTo(store, changed), { message: line });
    });

    await t.test('a schema of a newer version, which only adds, is worked on as it is', async (t) => {
      t.match(await migrateTo(store, SQL), [/is newer than this Understudy, .*"found":9999/]);
      await store.pool.query(
        'ALTER TABLE endpoints ADD COLUMN later text; ALTER TABLE agents ADD later integer',
      );
      await worksOn(t, store);
    });

    await t.test('one that breaks this version is left alone', async (t) => {
      await store.pool.query('UPDATE schema_compatibility SET oldest_version = 9998');
      await t.rejects(migrateTo(store, SQL), {
        message:
          /^The database has schema version 9999, .* needs one that knows 9998; this one knows \d+: start/,
      });
    });

    await t.test('what the first version has saved takes the defaults of what came later', async (t) => {
      await store.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      await migrateTo(store, await firstVersion(t));
      await store.pool.query(FIRST);
      await migrateTo(store, SQL);
      const app = await buildApp({ store });
      t.teardown(() => app.close());
      const at = 'GET /v1/contact-centers/old.example.com';
      const { status, body } = await send(app, at);
      t.equal(status, 200);
      t.strictSame(body, {
        domain: 'old.example.com',
        mode: 'proxy',
        locations: [{ uri: 'sip:192.0.2.10', priority: 1, fr_timer_ms: 2_000 }],
        treatments: [treatment({ name: 'music', uri: 'sip:192.0.2.30' })],
        skillsets: [skillset('sales', { treatment: 'music' })],
        agents: [agent('alice')],
        expiry: { min_seconds: 60, default_seconds: 300, max_seconds: 3_600 },
        failover_on: { contact_center: '408', agent: '486', treatment: '5..' },
        headers: true,
        ...POLICY,
      });
      t.equal((await send(app, at.replace('GET', 'PUT'), body)).status, 200);
      t.strictSame((await send(app, 'GET /v1/changes')).body.changes, [], 'and nothing has changed');
    });

    await t.test('a phone that was saved with exclamation marks is the same phone escaped', async (t) => {
      await store.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      await migrateTo(store, await firstVersion(t));
      await store.pool.query(FIRST + PHONES);
      await migrateTo(store, SQL);
      const text = 'SELECT key, contact, instance, path, received, call_id FROM endpoints ORDER BY cseq';
      const contact = 'sip:a%21b@192.0.2.40';
      t.same((await store.pool.query(text)).rows, [
        { key: contact, contact, instance: null, path: null, received: null, call_id: 'i!j' },
        {
          key: '<urn:x:k%21l>;0',
          contact,
          instance: '<urn:x:k%21l>',
          path: '<sip:c%21d@192.0.2.41;lr>',
          received: 'sip:e%21f@192.0.2.42',
          call_id: 'm!n',
        },
      ]);
    });
  });
}

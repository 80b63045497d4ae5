import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { migrate } from '../../src/store/migrate.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { logLines } from '../support/log-lines.js';
import { startPostgres } from '../support/postgres.js';

const SQL = new URL('../../sql/', import.meta.url).pathname;

const LATER = 'CREATE TABLE later (a integer);\nINSERT INTO later VALUES (1);\n';

const DATABASES = {
  embedded: async (t: Test) => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'understudy-data-'));
    t.teardown(() => rm(DATA_DIR, { recursive: true, force: true }));
    return { DATA_DIR };
  },
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

    await t.test('a schema of a newer version is left alone', async (t) => {
      await t.rejects(migrateTo(store, SQL), {
        message:
          /^The database has schema version 9999, made by a newer Understudy; this one knows \d+: start/,
      });
    });
  });
}

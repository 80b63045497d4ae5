import pg from 'pg';
import t from 'tap';
import { startPostgres } from '../support/postgres.js';
import { launchUnderstudy } from '../support/understudy.js';

t.test(
  'a database of another encoding than UTF-8 is refused at the start, and nothing is made in it',
  async (t) => {
    const postgres = await startPostgres();
    t.teardown(() => postgres.stop());
    const ask = async (databaseUrl: string, text: string) => {
      const client = new pg.Client(databaseUrl);
      await client.connect();
      return client.query(text).finally(() => client.end());
    };
    for (const encoding of ['SQL_ASCII', 'LATIN1', 'EUC_JP']) {
      const name = `of_${encoding.toLowerCase()}`;
      await ask(
        postgres.url,
        `CREATE DATABASE ${name} ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
      );
      const databaseUrl = new URL(`/${name}`, postgres.url).href;
      const understudy = launchUnderstudy({ databaseUrl });
      t.teardown(() => understudy.signal('SIGKILL'));
      t.equal(await understudy.ended, 1, encoding);
      t.match(
        understudy.output(),
        `The database has encoding ${encoding}, and must have UTF8: create another one`,
      );
      const { rows } = await ask(
        databaseUrl,
        "SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace",
      );
      t.same(rows, []);
    }
  },
);

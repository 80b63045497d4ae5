import type pg from 'pg';
import { StoreError } from './store-error.js';

const UTF8 = 'UTF8';

/**
 * Names and reasons are any text that JSON can hold. A database of another encoding refuses some of it at every write, and one of
 * SQL_ASCII takes bytes for what they aren't.
 */
export async function checkEncoding(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>(
    'SELECT pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()',
  );
  const encoding = rows[0]?.encoding;
  if (encoding === UTF8) return;
  throw new StoreError(
    `The database has encoding ${encoding}, and must have ${UTF8}: create another one (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE ` +
      'template0), and move into it what is there (pg_dump and psql)',
  );
}

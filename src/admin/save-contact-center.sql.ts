import type pg from 'pg';
import type { ContactCenter } from '../directory/contact-center.js';
import { inSlices } from '../http/slices.js';
import { canonicalPolicy } from './policy.js';
import { type Row, rowChanges, TABLES, type Table } from './tables.js';

/** Of one statement: a larger one keeps the event loop and Postgres busy for long. */
const ROWS_AT_ONCE = 2_000;

/**
 * Makes the tables say what the document says, given what they say now. Only rows that differ are touched: one agent of
 * 20,000 costs one row, and an agent who stays keeps the registered phones that hang on the agent's row. Returns the new revision.
 */
export async function saveContactCenter(
  client: pg.ClientBase,
  before: ContactCenter | undefined,
  after: ContactCenter,
): Promise<string | undefined> {
  const changes: ({ table: Table } & { put: Row[]; gone: Row[] })[] = [];
  for (const table of TABLES) changes.push({ table, ...(await inSlices(rowChanges(table, before, after))) });
  const { rows } = await client.query<{ revision: string }>({
    name: 'save-contact-center',
    text: SAVE_CONTACT_CENTER,
    values: [
      after.domain,
      after.mode,
      after.expiry.min_seconds,
      after.expiry.default_seconds,
      after.expiry.max_seconds,
      after.failover_on.contact_center,
      after.failover_on.agent,
      after.failover_on.treatment,
      after.headers,
      JSON.stringify(canonicalPolicy(after)),
    ],
  });
  for (const { table, put } of changes) {
    for (const rows of portions(put)) await client.query(putting(table, after.domain, rows));
  }
  for (const { table, gone } of changes.reverse()) {
    for (const rows of portions(gone)) await client.query(forgetting(table, after.domain, rows));
  }
  return rows[0]?.revision;
}

function* portions(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) yield rows.slice(i, i + ROWS_AT_ONCE);
}

const SAVE_CONTACT_CENTER = `
  INSERT INTO contact_centers (domain, mode, expiry_min_seconds, expiry_default_seconds, expiry_max_seconds,
    failover_on_contact_center, failover_on_agent, failover_on_treatment, headers, policy)
  VALUES ($1::text, $2::text, $3::integer, $4::integer, $5::integer, $6::text, $7::text, $8::text, $9::boolean,
    $10::jsonb)
  ON CONFLICT (domain) DO UPDATE SET mode = excluded.mode, expiry_min_seconds = excluded.expiry_min_seconds,
    expiry_default_seconds = excluded.expiry_default_seconds, expiry_max_seconds = excluded.expiry_max_seconds,
    failover_on_contact_center = excluded.failover_on_contact_center,
    failover_on_agent = excluded.failover_on_agent, failover_on_treatment = excluded.failover_on_treatment,
    headers = excluded.headers, policy = excluded.policy, updated_at = now()
  RETURNING xmin::text AS revision`;

function putting({ name, keys, columns }: Table, domain: string, rows: readonly Row[]): pg.QueryConfig {
  const names = columns.map(([column]) => column);
  const updates = names.slice(keys).map((column) => `${column} = excluded.${column}`);
  return {
    name: `save-${name}`,
    text: `
      INSERT INTO ${name} (domain, ${names.join(', ')})
      SELECT $1::text, * FROM unnest(${arrays(columns)})
      ON CONFLICT (domain, ${names.slice(0, keys).join(', ')})
      DO ${updates.length > 0 ? `UPDATE SET ${updates.join(', ')}` : 'NOTHING'}`,
    values: [domain, ...columns.map((_, i) => rows.map((row) => row[i]))],
  };
}

function forgetting({ name, keys, columns }: Table, domain: string, rows: readonly Row[]): pg.QueryConfig {
  const key = columns.slice(0, keys);
  return {
    name: `forget-${name}`,
    text: `
      DELETE FROM ${name} AS t USING unnest(${arrays(key)}) AS gone (${key.map(([column]) => column).join(', ')})
      WHERE t.domain = $1::text AND ${key.map(([column]) => `t.${column} = gone.${column}`).join(' AND ')}`,
    values: [domain, ...key.map((_, i) => rows.map((row) => row[i]))],
  };
}

/** One array a column, from the second parameter on: `$2::text[], $3::integer[]`. */
function arrays(columns: Table['columns']): string {
  return columns.map(([, type], i) => `$${i + 2}::${type}[]`).join(', ');
}

import type { Pool } from 'pg';

const TEXT = `
  DELETE FROM changes WHERE id IN (
    SELECT id FROM changes WHERE at < to_timestamp($1::float8 / 1000) ORDER BY at LIMIT $2::integer)`;

/** Deletes up to `limit` of those older than `before` (ms since the epoch), the oldest first; tells how many. */
export async function forgetChanges(pool: Pool, before: number, limit: number): Promise<number> {
  const { rowCount } = await pool.query({ name: 'forget-changes', text: TEXT, values: [before, limit] });
  return rowCount ?? 0;
}

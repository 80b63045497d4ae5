import type { Pool } from 'pg';

const TEXT = `
  DELETE FROM outcomes WHERE (decision, target, event) IN (
    SELECT decision, target, event FROM outcomes
    WHERE at < to_timestamp($1::float8 / 1000) ORDER BY at LIMIT $2::integer)`;

/** Deletes up to `limit` of those older than `before` (ms since the epoch), the oldest first; tells how many. */
export async function forgetOutcomes(pool: Pool, before: number, limit: number): Promise<number> {
  const { rowCount } = await pool.query({ name: 'forget-outcomes', text: TEXT, values: [before, limit] });
  return rowCount ?? 0;
}

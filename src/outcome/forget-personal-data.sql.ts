import type { Pool } from 'pg';

/** Every decision has a Call-ID, unless it was written without what tells callers apart. */
const TEXT = `
  DELETE FROM decisions WHERE id IN (SELECT id FROM decisions WHERE call_id <> '' LIMIT $1::integer)`;

/** Deletes up to `limit` decisions by which callers or phones can be told; tells how many. */
export async function forgetPersonalData(pool: Pool, limit: number): Promise<number> {
  const { rowCount } = await pool.query({ name: 'forget-personal-data', text: TEXT, values: [limit] });
  return rowCount ?? 0;
}

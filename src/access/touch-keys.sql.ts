import type { Pool } from 'pg';

/** Another instance may have seen a later one. */
const TEXT = `
  UPDATE api_keys SET last_used_at = greatest(last_used_at, used.at)
  FROM unnest($1::uuid[], $2::timestamptz[]) AS used (id, at) WHERE api_keys.id = used.id`;

/** When keys were used last, ms since the epoch. */
export async function touchKeys(
  pool: Pool,
  uses: readonly { readonly id: string; readonly at: number }[],
): Promise<void> {
  const values = [uses.map(({ id }) => id), uses.map(({ at }) => new Date(at).toISOString())];
  await pool.query({ name: 'touch-keys', text: TEXT, values });
}

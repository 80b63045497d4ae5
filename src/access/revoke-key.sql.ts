import type { Pool } from 'pg';
import { translateError } from '../store/translate-error.js';
import type { ApiKey } from './api-key.js';
import { asKey, COLUMNS, type KeyRow } from './key-row.js';

const TEXT = `
  UPDATE api_keys SET revoked_at = to_timestamp($2::float8 / 1000)
  WHERE id = $1::uuid AND revoked_at IS NULL
  RETURNING ${COLUMNS}`;

/** The key as it is now; undefined when there is none that could be revoked. */
export async function revokeKey(pool: Pool, id: string, at: number): Promise<ApiKey | undefined> {
  const query = { name: 'revoke-key', text: TEXT, values: [id, at] };
  const { rows } = await pool.query<KeyRow>(query).catch(translateError);
  return rows[0] && asKey(rows[0]);
}

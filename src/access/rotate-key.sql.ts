import type { Pool } from 'pg';
import { translateError } from '../store/translate-error.js';
import type { ApiKey } from './api-key.js';
import { asKey, COLUMNS, type KeyRow } from './key-row.js';

const TEXT = `
  UPDATE api_keys SET old_secret_hash = secret_hash, secret_hash = $2::bytea,
                      rotated_at = to_timestamp($3::float8 / 1000), old_secret_until = to_timestamp($4::float8 / 1000)
  WHERE id = $1::uuid AND revoked_at IS NULL
  RETURNING ${COLUMNS}`;

/** The key with another secret, beside which the last one is good until then; undefined when there is no such key. */
export async function rotateKey(
  pool: Pool,
  { id, hash, at, until }: { id: string; hash: Buffer; at: number; until: number },
): Promise<ApiKey | undefined> {
  const query = { name: 'rotate-key', text: TEXT, values: [id, hash, at, until] };
  const { rows } = await pool.query<KeyRow>(query).catch(translateError);
  return rows[0] && asKey(rows[0]);
}

import type { Pool } from 'pg';
import { read } from '../store/read.js';
import type { ApiKey } from './api-key.js';
import { asKey, COLUMNS, type KeyRow } from './key-row.js';

const TEXT = `SELECT ${COLUMNS} FROM api_keys ORDER BY created_at, id`;

/** Also those that were revoked; the oldest first. */
export async function loadKeys(pool: Pool): Promise<ApiKey[]> {
  const { rows } = await read<KeyRow>(pool, { name: 'load-keys', text: TEXT });
  return rows.map(asKey);
}

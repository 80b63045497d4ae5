import type { Pool, QueryConfig } from 'pg';
import { read } from '../store/read.js';
import type { ApiKey } from './api-key.js';
import { asKey, COLUMNS, type KeyRow } from './key-row.js';

const LIVE = `revoked_at IS NULL AND coalesce(expires_at, 'infinity') > to_timestamp($1::float8 / 1000)`;

/** Those that are good at that time. */
export function loadLiveKeys(pool: Pool, now: number): Promise<ApiKey[]> {
  const text = `SELECT ${COLUMNS} FROM api_keys WHERE ${LIVE}`;
  return load(pool, { name: 'load-live-keys', text, values: [now] });
}

/** Those of the others that ended last. */
export function loadEndedKeys(pool: Pool, now: number, limit: number): Promise<ApiKey[]> {
  const text = `
    SELECT ${COLUMNS} FROM api_keys WHERE NOT (${LIVE})
    ORDER BY least(revoked_at, expires_at) DESC, id DESC LIMIT $2::integer`;
  return load(pool, { name: 'load-ended-keys', text, values: [now, limit] });
}

/** What became of these. */
export function loadKeys(pool: Pool, ids: readonly string[]): Promise<ApiKey[]> {
  const text = `SELECT ${COLUMNS} FROM api_keys WHERE id = ANY($1::uuid[])`;
  return load(pool, { name: 'load-keys', text, values: [ids] });
}

async function load(pool: Pool, query: QueryConfig): Promise<ApiKey[]> {
  const { rows } = await read<KeyRow>(pool, query);
  return rows.map(asKey);
}

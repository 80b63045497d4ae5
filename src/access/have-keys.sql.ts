import type { Pool } from 'pg';
import { read } from '../store/read.js';

/** Whether there is any, were it revoked or expired. */
export async function haveKeys(pool: Pool): Promise<boolean> {
  const text = 'SELECT EXISTS (SELECT FROM api_keys) AS any';
  const { rows } = await read<{ any: boolean }>(pool, { name: 'have-keys', text });
  return rows[0]?.any === true;
}

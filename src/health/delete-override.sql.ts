import type { Pool } from 'pg';
import { translateError } from '../store/translate-error.js';

const ONE = 'DELETE FROM overrides WHERE id = $1::uuid';

export async function deleteOverride(pool: Pool, id: string): Promise<void> {
  await pool.query({ name: 'delete-override', text: ONE, values: [id] }).catch(translateError);
}

const EXPIRED = 'DELETE FROM overrides WHERE expires_at <= to_timestamp($1::float8 / 1000)';

export async function deleteExpiredOverrides(pool: Pool, now: number): Promise<void> {
  await pool.query({ name: 'delete-expired-overrides', text: EXPIRED, values: [now] }).catch(translateError);
}

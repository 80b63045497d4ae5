import type { Pool } from 'pg';
import type { Override } from '../live/override.js';
import { read } from '../store/read.js';
import { translateError } from '../store/translate-error.js';

type Row = Omit<Override, 'created_at' | 'expires_at'> & { created_at: Date; expires_at: Date };

const TEXT = `
  SELECT id, domain, kind, skillset, location, agent, caller, address, reason, by, asked_by, created_at, expires_at
  FROM overrides WHERE expires_at > to_timestamp($1::float8 / 1000)`;

/** The unexpired ones. */
export async function loadOverrides(pool: Pool, now: number): Promise<Override[]> {
  const { rows } = await read<Row>(pool, { name: 'load-overrides', text: TEXT, values: [now] }).catch(
    translateError,
  );
  return rows.map((row) => ({
    ...row,
    created_at: row.created_at.getTime(),
    expires_at: row.expires_at.getTime(),
  }));
}

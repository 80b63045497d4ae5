import type { Pool } from 'pg';
import type { Override } from '../live/override.js';
import { translateError } from '../store/translate-error.js';

const TEXT = `
  INSERT INTO overrides (id, domain, kind, skillset, location, agent, caller, address, reason, by, asked_by, created_at, expires_at)
  VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text, $11::text,
    to_timestamp($12::float8 / 1000), to_timestamp($13::float8 / 1000))`;

export async function saveOverride(pool: Pool, override: Override): Promise<void> {
  const {
    id,
    domain,
    kind,
    skillset,
    location,
    agent,
    caller,
    address,
    reason,
    by,
    asked_by = null,
  } = override;
  const what = [id, domain, kind, skillset, location, agent, caller, address, reason, by, asked_by];
  const values = [...what, override.created_at, override.expires_at];
  await pool.query({ name: 'save-override', text: TEXT, values }).catch(translateError);
}

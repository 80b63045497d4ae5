import type { Pool } from 'pg';
import { translateError } from '../store/translate-error.js';
import type { ApiKey } from './api-key.js';

const TEXT = `
  INSERT INTO api_keys (id, name, scopes, contact_centers, secret_hash, created_at, expires_at)
  VALUES ($1::uuid, $2::text, $3::text[], $4::text[], $5::bytea,
          to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000))`;

export async function insertKey(pool: Pool, key: ApiKey): Promise<void> {
  const { id, name, scopes, contact_centers, secret_hash, created_at, expires_at } = key;
  const values = [id, name, scopes, contact_centers, secret_hash, created_at, expires_at];
  await pool.query({ name: 'insert-key', text: TEXT, values }).catch(translateError);
}

import type pg from 'pg';
import { translateError } from '../store/translate-error.js';

export async function deleteCredentials(pool: pg.Pool, domain: string, agent: string): Promise<void> {
  await pool
    .query({
      name: 'delete-credentials',
      text: 'DELETE FROM agent_credentials WHERE domain = $1::text AND agent = $2::text',
      values: [domain, agent],
    })
    .catch(translateError);
}

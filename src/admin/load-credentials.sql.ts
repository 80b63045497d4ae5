import type pg from 'pg';
import type { Credentials } from '../directory/credentials.js';
import { translateError } from '../store/translate-error.js';

const LOAD = `
  SELECT domain, agent, min(realm) AS realm, min(username) AS username, json_object_agg(algorithm, ha1) AS ha1
  FROM agent_credentials WHERE $1::text IS NULL OR domain = $1::text
  GROUP BY domain, agent`;

/** Those of one contact center, or of all. */
export async function loadCredentials(pool: pg.Pool, domain: string | null = null): Promise<Credentials[]> {
  const { rows } = await pool
    .query<Credentials>({ name: 'load-credentials', text: LOAD, values: [domain] })
    .catch(translateError);
  return rows;
}

import type pg from 'pg';
import type { Credentials } from '../directory/credentials.js';
import { read } from '../store/read.js';
import { translateError } from '../store/translate-error.js';

const LOAD = `
  SELECT domain, agent, min(realm) AS realm, min(username) AS username, json_object_agg(algorithm, ha1) AS ha1
  FROM agent_credentials WHERE $1::text IS NULL OR domain = $1::text
  GROUP BY domain, agent`;

/** Those of one contact center, or of all. */
export async function loadCredentials(pool: pg.Pool, domain: string | null = null): Promise<Credentials[]> {
  const query = { name: 'load-credentials', text: LOAD, values: [domain] };
  const { rows } = await read<Credentials>(pool, query).catch(translateError);
  return rows;
}

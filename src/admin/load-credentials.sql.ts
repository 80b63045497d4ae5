import type pg from 'pg';
import type { Credentials } from '../directory/credentials.js';
import { translateError } from '../store/translate-error.js';

const LOAD = `
  SELECT domain, agent, min(realm) AS realm, min(username) AS username, json_object_agg(algorithm, ha1) AS ha1
  FROM agent_credentials
  GROUP BY domain, agent`;

export async function loadCredentials(pool: pg.Pool): Promise<Credentials[]> {
  const { rows } = await pool
    .query<Credentials>({ name: 'load-credentials', text: LOAD })
    .catch(translateError);
  return rows;
}

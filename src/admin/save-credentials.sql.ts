import type pg from 'pg';
import type { Credentials } from '../directory/credentials.js';
import { translateError } from '../store/translate-error.js';

/** One statement, so that no half of two sets is left; an agent who is deleted at this moment has none. */
const SAVE = `
  WITH gone AS (
    DELETE FROM agent_credentials
    WHERE domain = $1::text AND agent = $2::text AND algorithm <> ALL ($5::text[])
  )
  INSERT INTO agent_credentials (domain, agent, realm, username, algorithm, ha1)
  SELECT a.domain, a.name, $3::text, $4::text, given.algorithm, given.ha1
  FROM agents AS a, unnest($5::text[], $6::text[]) AS given (algorithm, ha1)
  WHERE a.domain = $1::text AND a.name = $2::text
  ON CONFLICT (domain, agent, algorithm) DO UPDATE SET
    realm = excluded.realm, username = excluded.username, ha1 = excluded.ha1`;

export async function saveCredentials(pool: pg.Pool, credentials: Credentials): Promise<void> {
  const { domain, agent, realm, username, ha1 } = credentials;
  const given = Object.entries(ha1);
  await pool
    .query({
      name: 'save-credentials',
      text: SAVE,
      values: [domain, agent, realm, username, given.map(([name]) => name), given.map(([, hash]) => hash)],
    })
    .catch(translateError);
}

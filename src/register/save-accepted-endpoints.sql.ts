import type pg from 'pg';
import type { AcceptedEndpoint } from './accepted-endpoint.js';

/** What is to be written of one device; the last word counts. */
export interface AcceptedChange {
  readonly kind: 'put' | 'remove';
  readonly accepted: AcceptedEndpoint;
}

/** As endpoints are saved: one statement for a group, and an agent who is deleted at this moment fails nobody's row. */
const SAVE = `
  WITH removed AS (
    DELETE FROM accepted_endpoints AS a USING unnest($1::text[], $2::text[], $3::text[]) AS gone (domain, agent, key)
    WHERE a.domain = gone.domain AND a.agent = gone.agent AND a.key = gone.key
  )
  INSERT INTO accepted_endpoints (domain, agent, key, source_ip, accepted_at, expires_at)
  SELECT e.domain, e.agent, e.key, e.source_ip, to_timestamp(e.accepted_at / 1000), to_timestamp(e.expires_at / 1000)
  FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::double precision[], $9::double precision[])
       AS e (domain, agent, key, source_ip, accepted_at, expires_at)
  JOIN agents ON agents.domain = e.domain AND agents.name = e.agent
  FOR KEY SHARE OF agents
  ON CONFLICT (domain, agent, key) DO UPDATE SET
    source_ip = excluded.source_ip, accepted_at = excluded.accepted_at, expires_at = excluded.expires_at`;

export async function saveAcceptedEndpoints(pool: pg.Pool, changes: Iterable<AcceptedChange>): Promise<void> {
  const all = [...changes];
  const of = (wanted: AcceptedChange['kind']) =>
    all.flatMap(({ kind, accepted }) => (kind === wanted ? [accepted] : []));
  const gone = of('remove');
  const put = of('put');
  await pool.query({
    name: 'save-accepted-endpoints',
    text: SAVE,
    values: [
      gone.map((e) => e.domain),
      gone.map((e) => e.agent),
      gone.map((e) => e.key),
      put.map((e) => e.domain),
      put.map((e) => e.agent),
      put.map((e) => e.key),
      put.map((e) => e.source_ip),
      put.map((e) => e.accepted_at),
      put.map((e) => e.expires_at),
    ],
  });
}

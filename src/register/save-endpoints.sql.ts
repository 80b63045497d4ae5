import type pg from 'pg';
import type { EndpointChange } from './endpoint-change.js';

/**
 * Both verbs in one statement, so that a group of REGISTERs costs one round trip and is one transaction. The agents are
 * joined and locked: one that is deleted at this moment takes its endpoints along and doesn't fail the others' rows. A phone
 * may have registered again at another instance, which was faster: then the newer row stays.
 */
const SAVE = `
  WITH removed AS (
    DELETE FROM endpoints USING unnest($1::text[], $2::text[], $3::text[]) AS gone (domain, agent, key)
    WHERE endpoints.domain = gone.domain AND endpoints.agent = gone.agent AND endpoints.key = gone.key
  )
  INSERT INTO endpoints (domain, agent, key, contact, instance, reg_id, path, received, user_agent, node,
                         call_id, cseq, expires, expires_at, registered_at, held_since, on_behalf)
  SELECT e.domain, e.agent, e.key, e.contact, e.instance, e.reg_id, e.path, e.received, e.user_agent, e.node,
         e.call_id, e.cseq, e.expires, to_timestamp(e.expires_at / 1000), to_timestamp(e.registered_at / 1000),
         to_timestamp(e.held_since / 1000), e.on_behalf
  FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::integer[], $10::text[], $11::text[],
              $12::text[], $13::text[], $14::text[], $15::bigint[], $16::integer[], $17::double precision[],
              $18::double precision[], $19::double precision[], $20::boolean[])
       AS e (domain, agent, key, contact, instance, reg_id, path, received, user_agent, node,
             call_id, cseq, expires, expires_at, registered_at, held_since, on_behalf)
  JOIN agents ON agents.domain = e.domain AND agents.name = e.agent
  FOR KEY SHARE OF agents
  ON CONFLICT (domain, agent, key) DO UPDATE SET
    contact = excluded.contact, instance = excluded.instance, reg_id = excluded.reg_id, path = excluded.path,
    received = excluded.received, user_agent = excluded.user_agent, node = excluded.node,
    call_id = excluded.call_id, cseq = excluded.cseq, expires = excluded.expires,
    expires_at = excluded.expires_at, registered_at = excluded.registered_at,
    held_since = excluded.held_since, on_behalf = excluded.on_behalf
  WHERE NOT (endpoints.call_id = excluded.call_id AND endpoints.cseq > excluded.cseq)`;

export async function saveEndpoints(pool: pg.Pool, changes: Iterable<EndpointChange>): Promise<void> {
  const all = [...changes];
  const gone = all.flatMap(({ kind, endpoint }) => (kind === 'remove' ? [endpoint] : []));
  const put = all.flatMap((change) => (change.kind === 'put' ? [change.endpoint] : []));
  await pool.query({
    name: 'save-endpoints',
    text: SAVE,
    values: [
      gone.map((e) => e.domain),
      gone.map((e) => e.agent),
      gone.map((e) => e.key),
      put.map((e) => e.domain),
      put.map((e) => e.agent),
      put.map((e) => e.key),
      put.map((e) => e.contact),
      put.map((e) => e.instance),
      put.map((e) => e.reg_id),
      put.map((e) => e.path),
      put.map((e) => e.received),
      put.map((e) => e.user_agent),
      put.map((e) => e.node),
      put.map((e) => e.call_id),
      put.map((e) => e.cseq),
      put.map((e) => e.expires),
      put.map((e) => e.expires_at),
      put.map((e) => e.registered_at),
      put.map((e) => e.held_since),
      put.map((e) => e.on_behalf),
    ],
  });
}

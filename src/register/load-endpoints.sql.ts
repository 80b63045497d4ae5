import type pg from 'pg';
import type { Endpoint } from '../directory/endpoint.js';
import { read } from '../store/read.js';

/** The expired ones too: whoever expires endpoints deletes their rows. Numbers as numbers, times in ms. */
const LOAD = `
  SELECT domain, agent, key, contact, instance, reg_id, path, received, user_agent, node, call_id,
         cseq::double precision AS cseq, expires,
         round(extract(epoch FROM expires_at) * 1000)::double precision AS expires_at,
         round(extract(epoch FROM registered_at) * 1000)::double precision AS registered_at,
         round(extract(epoch FROM held_since) * 1000)::double precision AS held_since, on_behalf
  FROM endpoints`;

export async function loadEndpoints(pool: pg.Pool): Promise<Endpoint[]> {
  const { rows } = await read<Endpoint>(pool, { name: 'load-endpoints', text: LOAD });
  return rows;
}

import type pg from 'pg';
import { read } from '../store/read.js';
import type { AcceptedEndpoint } from './accepted-endpoint.js';

/** Times in ms. */
const LOAD = `
  SELECT domain, agent, key, source_ip,
         round(extract(epoch FROM accepted_at) * 1000)::double precision AS accepted_at,
         round(extract(epoch FROM expires_at) * 1000)::double precision AS expires_at
  FROM accepted_endpoints`;

export async function loadAcceptedEndpoints(pool: pg.Pool): Promise<AcceptedEndpoint[]> {
  const { rows } = await read<AcceptedEndpoint>(pool, { name: 'load-accepted-endpoints', text: LOAD });
  return rows;
}

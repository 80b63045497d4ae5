import type pg from 'pg';
import type { Node } from '../directory/endpoint.js';
import { read } from '../store/read.js';
import { translateError } from '../store/translate-error.js';

export async function loadNodes(pool: pg.Pool): Promise<Node[]> {
  const { rows } = await read<Node>(pool, {
    name: 'load-nodes',
    text: 'SELECT node, role, rpc_url, max_branches, max_inv_lifetime_ms FROM nodes ORDER BY node',
  }).catch(translateError);
  return rows;
}

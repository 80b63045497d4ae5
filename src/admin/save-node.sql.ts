import type pg from 'pg';
import type { Node } from '../directory/endpoint.js';
import { translateError } from '../store/translate-error.js';

export async function saveNode(pool: pg.Pool, node: Node): Promise<void> {
  await pool
    .query({
      name: 'save-node',
      text: `
        INSERT INTO nodes (node, role, rpc_url, max_branches, max_inv_lifetime_ms)
        VALUES ($1::text, $2::text, $3::text, $4::integer, $5::integer)
        ON CONFLICT (node) DO UPDATE SET role = excluded.role, rpc_url = excluded.rpc_url,
          max_branches = excluded.max_branches, max_inv_lifetime_ms = excluded.max_inv_lifetime_ms`,
      values: [node.node, node.role, node.rpc_url, node.max_branches, node.max_inv_lifetime_ms],
    })
    .catch(translateError);
}

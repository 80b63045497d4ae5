import type pg from 'pg';
import { translateError } from '../store/translate-error.js';

export async function deleteNode(pool: pg.Pool, node: string): Promise<void> {
  await pool
    .query({ name: 'delete-node', text: 'DELETE FROM nodes WHERE node = $1::text', values: [node] })
    .catch(translateError);
}

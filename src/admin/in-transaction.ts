import type pg from 'pg';
import { translateError } from '../store/translate-error.js';

/** All of the statements or none. A connection on which anything failed is not used again: its state is unknown. */
export async function inTransaction(
  pool: pg.Pool,
  work: (client: pg.ClientBase) => Promise<void>,
): Promise<void> {
  const client = await pool.connect().catch(translateError);
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    client.release(error as Error);
    translateError(error);
  }
}

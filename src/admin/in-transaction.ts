import type pg from 'pg';
import { Problem } from '../errors.js';
import { translateError } from '../store/translate-error.js';

/**
 * All of the statements or none. Work that throws a Problem refuses the change. A connection on which anything else failed is not
 * used again: its state is unknown.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch(translateError);
  try {
    await client.query('BEGIN');
    const result = await work(client).catch(async (error) => {
      if (error instanceof Problem) await client.query('ROLLBACK');
      throw error;
    });
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    client.release(error instanceof Problem ? undefined : (error as Error));
    return translateError(error);
  }
}

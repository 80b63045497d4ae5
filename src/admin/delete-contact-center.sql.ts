import type pg from 'pg';
import { translateError } from '../store/translate-error.js';

/** With all of its parts, and with the registered phones of its agents. */
export async function deleteContactCenter(pool: pg.Pool, domain: string): Promise<void> {
  await pool
    .query({
      name: 'delete-contact-center',
      text: 'DELETE FROM contact_centers WHERE domain = $1::text',
      values: [domain],
    })
    .catch(translateError);
}

import type pg from 'pg';

/** With all of its parts, and with the registered phones of its agents. */
export async function deleteContactCenter(client: pg.ClientBase, domain: string): Promise<void> {
  await client.query({
    name: 'delete-contact-center',
    text: 'DELETE FROM contact_centers WHERE domain = $1::text',
    values: [domain],
  });
}

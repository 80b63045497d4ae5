import type pg from 'pg';

/** Any number that no other program in this database uses for its own advisory locks; this one is "undc" in ASCII. */
const LOCK = 0x756e6463;

/**
 * Until the end of the transaction nobody else, at this instance or another one, changes this contact center. Returns the
 * revision of its row, which every change gives it another one of; undefined: there is none.
 */
export async function lockContactCenter(client: pg.ClientBase, domain: string): Promise<string | undefined> {
  // Of the domain, not of its row: two may be about to create it.
  await client.query({
    name: 'lock-contact-center',
    text: "SELECT pg_advisory_xact_lock($1::integer, hashtext(current_schema() || ' ' || $2::text))",
    values: [LOCK, domain],
  });
  const { rows } = await client.query<{ revision: string }>({
    name: 'revision-of-contact-center',
    text: 'SELECT xmin::text AS revision FROM contact_centers WHERE domain = $1::text',
    values: [domain],
  });
  return rows[0]?.revision;
}

import type { Pool } from 'pg';
import type { Change } from '../live/change.js';

/** With an id that is higher the later it was made. */
export interface ChangeRow extends Change {
  readonly id: string;
}

/** `before` and `after` go as one document each, for the reason that decisions' targets do. */
const TEXT = `
  INSERT INTO changes (id, at, domain, kind, subject, by, reason, before, after)
  SELECT * FROM ROWS FROM (
    unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]),
    jsonb_array_elements($8::jsonb),
    jsonb_array_elements($9::jsonb))
  ON CONFLICT DO NOTHING`;

export async function saveChanges(pool: Pool, rows: readonly ChangeRow[]): Promise<void> {
  await pool.query({
    name: 'save-changes',
    text: TEXT,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => new Date(row.at).toISOString()),
      rows.map((row) => row.domain),
      rows.map((row) => row.kind),
      rows.map((row) => row.subject),
      rows.map((row) => row.by),
      rows.map((row) => row.reason),
      JSON.stringify(rows.map((row) => row.before ?? null)),
      JSON.stringify(rows.map((row) => row.after ?? null)),
    ],
  });
}

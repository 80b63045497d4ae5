import type { Pool } from 'pg';
import type { OutcomeEvent } from './outcome.schema.js';

export interface OutcomeRow {
  readonly decision: string;
  readonly target: number;
  readonly event: OutcomeEvent;
  readonly status: number | null;
  readonly elapsed_ms: number | null;
  readonly node: string | null;
  /** ms since the epoch. */
  readonly at: number;
}

/** The first report of an event stands: also within one batch, whose rows are inserted in their order. */
const TEXT = `
  INSERT INTO outcomes (decision, target, event, status, elapsed_ms, node, at)
  SELECT * FROM unnest(
    $1::uuid[], $2::integer[], $3::text[], $4::integer[], $5::integer[], $6::text[], $7::timestamptz[])
  ON CONFLICT DO NOTHING`;

export async function saveOutcomes(pool: Pool, rows: readonly OutcomeRow[]): Promise<void> {
  await pool.query({
    name: 'save-outcomes',
    text: TEXT,
    values: [
      rows.map((row) => row.decision),
      rows.map((row) => row.target),
      rows.map((row) => row.event),
      rows.map((row) => row.status),
      rows.map((row) => row.elapsed_ms),
      rows.map((row) => row.node),
      rows.map((row) => new Date(row.at).toISOString()),
    ],
  });
}

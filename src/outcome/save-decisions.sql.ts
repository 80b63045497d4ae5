import type { Pool } from 'pg';
import type { DecisionTarget, NotTried } from './outcome.schema.js';

export interface DecisionRow {
  readonly id: string;
  /** ms since the epoch, as every time in memory. */
  readonly at: number;
  readonly domain: string;
  readonly address: string;
  readonly bypass: boolean;
  readonly drill: boolean;
  readonly node: string | null;
  readonly call_id: string;
  readonly caller: string | null;
  readonly source_ip: string | null;
  readonly targets: readonly DecisionTarget[];
  readonly out: readonly NotTried[];
  /** Everything that it depended on: as `explain` takes it. */
  readonly situation: unknown;
  /** The decision whose treatment held the caller that this one brings to an agent. */
  readonly returns_from?: string;
}

/** Each jsonb column goes as one document: as a `jsonb[]`, quoted twice by pg, it costs this process ten times as much. */
const TEXT = `
  INSERT INTO decisions (id, at, domain, address, bypass, drill, node, call_id, caller, source_ip,
                         returns_from, targets, not_tried, situation)
  SELECT * FROM ROWS FROM (
    unnest(
      $1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::boolean[], $6::boolean[],
      $7::text[], $8::text[], $9::text[], $10::text[], $11::uuid[]),
    jsonb_array_elements($12::jsonb), jsonb_array_elements($13::jsonb), jsonb_array_elements($14::jsonb))
  ON CONFLICT DO NOTHING`;

export async function saveDecisions(pool: Pool, rows: readonly DecisionRow[]): Promise<void> {
  await pool.query({
    name: 'save-decisions',
    text: TEXT,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => new Date(row.at).toISOString()),
      rows.map((row) => row.domain),
      rows.map((row) => row.address),
      rows.map((row) => row.bypass),
      rows.map((row) => row.drill),
      rows.map((row) => row.node),
      rows.map((row) => row.call_id),
      rows.map((row) => row.caller),
      rows.map((row) => row.source_ip),
      rows.map((row) => row.returns_from ?? null),
      JSON.stringify(rows.map((row) => row.targets)),
      JSON.stringify(rows.map((row) => row.out)),
      JSON.stringify(rows.map((row) => row.situation)),
    ],
  });
}

import type { Pool } from 'pg';
import { read } from '../store/read.js';
import type { OutcomeEvent } from './outcome.schema.js';

/** As the columns come back. */
export interface FoundOutcome {
  readonly decision: string;
  readonly target: number;
  readonly event: OutcomeEvent;
  readonly status: number | null;
  readonly elapsed_ms: number | null;
  readonly node: string | null;
  readonly at: Date;
}

const TEXT = `
  SELECT decision, target, event, status, elapsed_ms, node, at FROM outcomes
  WHERE decision = ANY($1::uuid[])
  ORDER BY at, target, event`;

/** Those of all the decisions, the oldest first. */
export async function findOutcomes(pool: Pool, decisions: readonly string[]): Promise<FoundOutcome[]> {
  const query = { name: 'find-outcomes', text: TEXT, values: [decisions] };
  const { rows } = await read<FoundOutcome>(pool, query);
  return rows;
}

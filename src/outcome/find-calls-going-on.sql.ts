import type { Pool } from 'pg';
import { read } from '../store/read.js';
import type { DecisionTarget } from './outcome.schema.js';

/** As the columns come back. */
export interface CallGoingOn {
  readonly id: string;
  readonly at: Date;
  readonly domain: string;
  readonly address: string;
  readonly node: string | null;
  readonly call_id: string;
  readonly targets: DecisionTarget[];
  /** The position of the target that answered, and when it did. */
  readonly target: number;
  readonly answered_at: Date;
}

const TEXT = `
  SELECT d.id, d.at, d.domain, d.address, d.node, d.call_id, d.targets, o.target, o.at AS answered_at
  FROM outcomes o JOIN decisions d ON d.id = o.decision
  WHERE o.at > to_timestamp($1::float8 / 1000) AND o.event = 'answered'
    AND d.targets -> o.target ->> 'role' = 'agent'
    AND NOT EXISTS (SELECT 1 FROM outcomes e WHERE (e.decision, e.target, e.event) = (o.decision, o.target, 'ended'))
  ORDER BY o.at`;

/** Calls that agents have answered since then (ms since the epoch), and of which no end was told. */
export async function findCallsGoingOn(pool: Pool, since: number): Promise<CallGoingOn[]> {
  const { rows } = await read<CallGoingOn>(pool, {
    name: 'find-calls-going-on',
    text: TEXT,
    values: [since],
  });
  return rows;
}

import type { Pool } from 'pg';
import type { DecisionTarget, NotTried } from './outcome.schema.js';

/** As the columns come back. */
export interface FoundDecision {
  readonly id: string;
  readonly at: Date;
  readonly domain: string;
  readonly address: string;
  readonly bypass: boolean;
  readonly drill: boolean;
  readonly node: string | null;
  readonly call_id: string;
  readonly caller: string | null;
  readonly source_ip: string | null;
  readonly returns_from: string | null;
  readonly targets: DecisionTarget[];
  readonly out: NotTried[];
}

const COLUMNS =
  'id, at, domain, address, bypass, drill, node, call_id, caller, source_ip, returns_from, targets, not_tried AS out';

const BY_ID = `SELECT ${COLUMNS} FROM decisions WHERE id = $1::uuid`;

/** That one, or none. */
export async function findDecision(pool: Pool, id: string): Promise<FoundDecision[]> {
  const query = { name: 'find-decision', text: BY_ID, values: [id] };
  const { rows } = await pool.query<FoundDecision>(query);
  return rows;
}

const RETURNS = `SELECT ${COLUMNS} FROM decisions WHERE returns_from = ANY($1::uuid[]) ORDER BY at, id`;

/** Those that brought callers back from these decisions' treatments, the oldest first. */
export async function findReturns(pool: Pool, ids: readonly string[]): Promise<FoundDecision[]> {
  const { rows } = await pool.query<FoundDecision>({ name: 'find-returns', text: RETURNS, values: [ids] });
  return rows;
}

// Two statements rather than one with `$1 IS NULL OR …`, so that each is sure to get the index made for it.
const NEWEST = `
  SELECT ${COLUMNS} FROM decisions
  WHERE at >= to_timestamp($1::float8 / 1000) AND returns_from IS NULL
  ORDER BY at DESC, id DESC LIMIT $2::integer`;
const NEWEST_OF_ADDRESS = `
  SELECT ${COLUMNS} FROM decisions
  WHERE at >= to_timestamp($1::float8 / 1000) AND returns_from IS NULL AND address = $3::text
  ORDER BY at DESC, id DESC LIMIT $2::integer`;

/** The newest first, without those that brought callers back: they are shown with their own. `since` in ms since the epoch, or -Infinity. */
export async function listDecisions(
  pool: Pool,
  { address, since, limit }: { address: string | undefined; since: number; limit: number },
): Promise<FoundDecision[]> {
  const query =
    address === undefined
      ? { name: 'list-decisions', text: NEWEST, values: [since, limit] }
      : { name: 'list-decisions-of-address', text: NEWEST_OF_ADDRESS, values: [since, limit, address] };
  const { rows } = await pool.query<FoundDecision>(query);
  return rows;
}

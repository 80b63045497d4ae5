import type { Pool } from 'pg';
import { read } from '../store/read.js';
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
  const { rows } = await read<FoundDecision>(pool, query);
  return rows;
}

const RETURNS = `SELECT ${COLUMNS} FROM decisions WHERE returns_from = ANY($1::uuid[]) ORDER BY at, id`;

/** Those that brought callers back from these decisions' treatments, the oldest first. */
export async function findReturns(pool: Pool, ids: readonly string[]): Promise<FoundDecision[]> {
  const { rows } = await read<FoundDecision>(pool, { name: 'find-returns', text: RETURNS, values: [ids] });
  return rows;
}

export interface DecisionsWanted {
  readonly address: string | undefined;
  /** Only of these contact centers; null: of all. */
  readonly domains: readonly string[] | null;
  /** ms since the epoch, or -Infinity. */
  readonly since: number;
  readonly limit: number;
}

/** The newest first, without those that brought callers back: they are shown with their own. */
export async function listDecisions(
  pool: Pool,
  { address, domains, since, limit }: DecisionsWanted,
): Promise<FoundDecision[]> {
  // One statement for each set of filters rather than `$1 IS NULL OR …`, so that each is sure to get the index made for it.
  const filters = [
    ...(address === undefined ? [] : [{ name: 'address', text: '= $::text', value: address }]),
    ...(domains === null ? [] : [{ name: 'domain', text: '= ANY ($::text[])', value: domains }]),
  ];
  const conditions = filters.map(({ name, text }, i) => ` AND ${name} ${text.replace('$', `$${i + 3}`)}`);
  const { rows } = await read<FoundDecision>(pool, {
    name: ['list-decisions', ...filters.map(({ name }) => name)].join('-of-'),
    text: `
      SELECT ${COLUMNS} FROM decisions
      WHERE at >= to_timestamp($1::float8 / 1000) AND returns_from IS NULL${conditions.join('')}
      ORDER BY at DESC, id DESC LIMIT $2::integer`,
    values: [since, limit, ...filters.map(({ value }) => value)],
  });
  return rows;
}

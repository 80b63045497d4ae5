import type { Pool } from 'pg';
import type { Change } from '../live/change.js';
import { read } from '../store/read.js';

/** As the columns come back. */
export interface FoundChange extends Omit<Change, 'at'> {
  readonly at: Date;
}

export interface ChangesWanted {
  readonly domain: string | undefined;
  /** Only of these, and nothing that is of no contact center; null: all. */
  readonly domains: readonly string[] | null;
  readonly kind: Change['kind'] | undefined;
  readonly subject: string | undefined;
  /** ms since the epoch, or -Infinity. */
  readonly since: number;
  readonly limit: number;
}

const FILTERS = ['domain', 'kind', 'subject'] as const;

/** The newest first. */
export async function findChanges(pool: Pool, wanted: ChangesWanted): Promise<FoundChange[]> {
  // One statement for each set of filters rather than `$1 IS NULL OR …`, so that each gets the index made for it.
  const given = FILTERS.filter((filter) => wanted[filter] !== undefined);
  const filters = given.map((filter, i) => ` AND ${filter} = $${i + 3}::text`);
  const { domains } = wanted;
  if (domains) filters.push(` AND domain = ANY ($${given.length + 3}::text[])`);
  const { rows } = await read<FoundChange>(pool, {
    name: ['find-changes', ...given, ...(domains ? ['domains'] : [])].join('-by-'),
    text: `
      SELECT at, domain, kind, subject, by, reason, before, after FROM changes
      WHERE at >= to_timestamp($1::float8 / 1000)${filters.join('')}
      ORDER BY at DESC, id DESC LIMIT $2::integer`,
    values: [
      wanted.since,
      wanted.limit,
      ...given.map((filter) => wanted[filter]),
      ...(domains ? [domains] : []),
    ],
  });
  return rows;
}

import type { Pool } from 'pg';
import { read } from '../store/read.js';

/** Into bypass, or out of it. */
export interface BypassChange {
  readonly domain: string;
  /** As bypassSubject() names it. */
  readonly subject: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly bypass: boolean;
}

/** For each subject the last change before `since`, which says how it stood then, and every later one. */
const TEXT = `
  SELECT domain, subject, extract(epoch FROM at)::float8 * 1000 AS at, (after ->> 'bypass')::boolean AS bypass
  FROM (
    (SELECT DISTINCT ON (domain, subject) id, domain, subject, at, after FROM changes
     WHERE kind = 'bypass' AND at < to_timestamp($1::float8 / 1000) AND domain = ANY ($2::text[])
     ORDER BY domain, subject, at DESC, id DESC)
    UNION ALL
    (SELECT id, domain, subject, at, after FROM changes
     WHERE kind = 'bypass' AND at >= to_timestamp($1::float8 / 1000) AND domain = ANY ($2::text[]))
  ) AS known
  ORDER BY at, id`;

/** The oldest first. */
export async function findBypass(
  pool: Pool,
  { domains, since }: { domains: readonly string[]; since: number },
): Promise<BypassChange[]> {
  const { rows } = await read<BypassChange>(pool, {
    name: 'find-bypass',
    text: TEXT,
    values: [since, domains],
  });
  return rows;
}

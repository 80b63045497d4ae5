import type { Pool } from 'pg';
import { read } from '../store/read.js';
import { translateError } from '../store/translate-error.js';

/** What was in bypass when it was last recorded. */
export interface KnownBypass {
  readonly domain: string;
  readonly subject: string;
  /** ms since the epoch. */
  readonly since: number;
}

const TEXT = `
  SELECT domain, subject, extract(epoch FROM at)::float8 * 1000 AS since
  FROM (
    SELECT DISTINCT ON (domain, subject) domain, subject, at, after FROM changes
    WHERE kind = 'bypass' AND domain IS NOT NULL
    ORDER BY domain, subject, at DESC, id DESC
  ) AS last
  WHERE (after ->> 'bypass')::boolean`;

export async function loadBypass(pool: Pool): Promise<KnownBypass[]> {
  const { rows } = await read<KnownBypass>(pool, { name: 'load-bypass', text: TEXT }).catch(translateError);
  return rows;
}

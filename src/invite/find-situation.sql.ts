import type { Pool } from 'pg';
import { read } from '../store/read.js';
import { translateError } from '../store/translate-error.js';
import type { Situation } from './situation.js';

const TEXT = 'SELECT domain, situation, targets FROM decisions WHERE id = $1::uuid';

/** As recorded; `situation` is null for decisions of versions that didn't record it. */
export interface RecordedDecision {
  readonly domain: string;
  readonly situation: Situation | null;
  readonly targets: readonly { readonly uri: string }[];
}

export async function findSituation(pool: Pool, id: string): Promise<RecordedDecision | undefined> {
  const query = { name: 'find-situation', text: TEXT, values: [id] };
  const { rows } = await read<RecordedDecision>(pool, query).catch(translateError);
  return rows[0];
}

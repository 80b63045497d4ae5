import type { Pool } from 'pg';
import type { AnsweredProbe } from '../live/probes.js';
import { read } from '../store/read.js';
import { translateError } from '../store/translate-error.js';

export async function loadAnsweredProbes(pool: Pool): Promise<AnsweredProbe[]> {
  const { rows } = await read<AnsweredProbe>(pool, {
    name: 'load-answered-probes',
    text: 'SELECT place, node FROM answered_probes',
  }).catch(translateError);
  return rows;
}

const SAVE = 'INSERT INTO answered_probes (place, node) VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING';

export async function saveAnsweredProbe(pool: Pool, { place, node }: AnsweredProbe): Promise<void> {
  await pool.query({ name: 'save-answered-probe', text: SAVE, values: [place, node] });
}

const FORGET = 'DELETE FROM answered_probes WHERE place = $1::text';

export async function forgetAnsweredProbes(pool: Pool, place: string): Promise<void> {
  await pool.query({ name: 'forget-answered-probes', text: FORGET, values: [place] });
}

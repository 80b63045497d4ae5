import pg from 'pg';
import { DOMAIN, type Scene } from '../support/scene.js';
import { until } from '../support/until.js';
import { EXPIRES_SECONDS, type Refreshes } from './refreshes.js';
import type { Phone, World } from './world.js';

/** Seconds: less than a phone's next refresh, and what rounding and a busy machine cost. */
const TOLERANCE = 2;
const LIMIT_MS = 30_000;

export interface RegistrationCounts {
  readonly acknowledged: number;
  readonly phones: number;
  /** Phones whose newest acknowledged registration is held by the registrar, at their own and their skillset's address, and by Postgres. */
  readonly there: number;
  readonly missing: readonly string[];
}

/**
 * Whether what was acknowledged is still there now that all is back: given time, since bindings are put back one by one.
 * While the service is away the edge acknowledges for it, and Postgres has what it had before: `inPostgres` says "newest" only
 * where the service has lived through it.
 */
export async function stillThere(
  { scene, phones }: World,
  refreshes: Refreshes,
  inPostgres: 'newest' | 'any',
): Promise<RegistrationCounts> {
  const newest = refreshes.newest();
  let missing: string[] = [];
  await until(
    'all that was acknowledged to be there',
    async () => {
      missing = await missingOf(scene, phones, newest, inPostgres);
      return missing.length === 0;
    },
    LIMIT_MS,
  ).catch((error) => {
    if (missing.length === 0) missing = [String(error)];
  });
  const lacking = new Set(missing.map((line) => line.split(' ')[0]));
  return {
    acknowledged: refreshes.acknowledged(),
    phones: newest.size,
    there: newest.size - Math.min(newest.size, lacking.size),
    missing,
  };
}

async function missingOf(
  scene: Scene,
  phones: readonly Phone[],
  newest: ReadonlyMap<string, number>,
  inPostgres: 'newest' | 'any',
): Promise<string[]> {
  const skillsets = new Map<string, Awaited<ReturnType<Scene['held']>>>();
  for (const skillset of new Set(phones.map(({ skillset }) => skillset))) {
    skillsets.set(skillset, await scene.held(skillset));
  }
  const rows = await endpoints(scene);
  const missing: string[] = [];
  for (const { agent, skillset, contact } of phones) {
    const at = newest.get(agent);
    if (at === undefined) continue;
    const left = (at - Date.now()) / 1_000 + EXPIRES_SECONDS - TOLERANCE;
    const places = [
      ['its own address', (await scene.held(agent)).find((held) => held.contact === contact)?.expires],
      [skillset, skillsets.get(skillset)?.find((held) => held.contact === contact)?.expires],
      ['Postgres', inPostgres === 'any' ? rows.has(contact) && left : rows.get(contact)],
    ] as const;
    for (const [place, expires] of places) {
      if (typeof expires === 'number' && expires >= left) continue;
      missing.push(`${agent} at ${place}: ${expires ?? 'nothing'}, not ${left.toFixed(1)} s left`);
    }
  }
  return missing;
}

/** Contact → for how many seconds Postgres still has it. */
async function endpoints({ postgres, standby }: Scene): Promise<Map<string, number>> {
  const database = new pg.Client({ connectionString: (standby ?? postgres)?.url });
  await database.connect();
  try {
    const { rows } = await database.query<{ contact: string; left: number }>(
      `SELECT contact, extract(epoch FROM expires_at - now())::double precision AS left
       FROM endpoints WHERE domain = $1 AND expires_at > now()`,
      [DOMAIN],
    );
    return new Map(rows.map(({ contact, left }) => [contact, left]));
  } finally {
    await database.end();
  }
}

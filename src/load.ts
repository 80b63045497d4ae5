import type { Pool } from 'pg';
import { loadContactCenters } from './admin/load-contact-centers.sql.js';
import { loadCredentials } from './admin/load-credentials.sql.js';
import { loadNodes } from './admin/load-nodes.sql.js';
import { heardAt } from './directory/newer-endpoint.js';
import { replaceContents } from './directory/replace-contents.js';
import { loadAnsweredProbes } from './health/answered-probes.sql.js';
import { loadBypass } from './health/load-bypass.sql.js';
import { loadOverrides } from './health/load-overrides.sql.js';
import { BUSY_MS } from './live/call-progress.js';
import { findCallsGoingOn } from './outcome/find-calls-going-on.sql.js';
import { restoreCalls } from './outcome/restore-calls.js';
import type { Parts } from './parts.js';
import { loadAcceptedEndpoints } from './register/load-accepted-endpoints.sql.js';
import { loadEndpoints } from './register/load-endpoints.sql.js';

/** At the start: everything that Postgres keeps of an earlier life. */
export async function loadAll(parts: Parts, pool: Pool, now: number): Promise<void> {
  await loadProvisioned(parts, pool, now);
  restoreCalls(parts.liveCalls, parts.directory, await findCallsGoingOn(pool, now - BUSY_MS));
  parts.bypass.load(await loadBypass(pool), now);
  parts.healths.load(await loadAnsweredProbes(pool));
}

/** So often it is read again because something was changed meanwhile; whoever changes things all the time is told of it later. */
const MOST_READS = 5;
/** What memory has heard of since then may still be on its way to Postgres. */
const COMMITTED_MS = 30_000;

/** What may have been changed by another instance. What was changed here while it is read stays. */
export async function loadProvisioned(parts: Parts, pool: Pool, now: number): Promise<void> {
  const { directory, accepted, endpoints, overrides } = parts;
  const revision = () => `${directory.revision} ${overrides.revision}`;
  let stored: Awaited<ReturnType<typeof readProvisioned>>;
  let before: string;
  let reads = 0;
  do {
    before = revision();
    stored = await readProvisioned(pool, now);
    reads += 1;
  } while (revision() !== before && reads < MOST_READS);
  const heardLately = [...directory.allEndpoints(now)].filter((one) => now - heardAt(one) < COMMITTED_MS);
  replaceContents(directory, stored);
  for (const put of heardLately) endpoints.readPut({ kind: 'endpoint', put });
  accepted.load(stored.accepted);
  for (const override of overrides.all()) overrides.remove(override);
  for (const override of stored.overrides) overrides.put(override);
}

async function readProvisioned(pool: Pool, now: number) {
  return {
    centers: await loadContactCenters(pool),
    endpoints: await loadEndpoints(pool),
    credentials: await loadCredentials(pool),
    nodes: await loadNodes(pool),
    accepted: await loadAcceptedEndpoints(pool),
    overrides: await loadOverrides(pool, now),
  };
}

import type { Pool } from 'pg';
import { loadContactCenters } from './admin/load-contact-centers.sql.js';
import { loadCredentials } from './admin/load-credentials.sql.js';
import { loadNodes } from './admin/load-nodes.sql.js';
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

/** What may have been changed by another instance. */
export async function loadProvisioned(parts: Parts, pool: Pool, now: number): Promise<void> {
  const { directory, accepted, overrides } = parts;
  const [centers, endpoints] = [await loadContactCenters(pool), await loadEndpoints(pool)];
  const [credentials, nodes] = [await loadCredentials(pool), await loadNodes(pool)];
  replaceContents(directory, { centers, endpoints, credentials, nodes });
  accepted.load(await loadAcceptedEndpoints(pool));
  const ordered = await loadOverrides(pool, now);
  for (const override of overrides.all()) overrides.remove(override);
  for (const override of ordered) overrides.put(override);
}

import { readdirSync, readFileSync } from 'node:fs';
import type { Scene } from '../support/scene.js';
import type { Sample } from './flatness.js';
import type { Inspector } from './inspector.js';

const MB = 1_024 * 1_024;

/** The service's memory and handles, after its garbage was collected, and the registrar's memory. */
export async function measure({ understudy, registrar }: Scene, inspector: Inspector): Promise<Sample> {
  await inspector.collectGarbage();
  const heap = await inspector.evaluate<number>('process.memoryUsage().heapUsed');
  const resources = await inspector.evaluate<number>('process.getActiveResourcesInfo().length');
  const status = readFileSync(`/proc/${understudy.pid}/status`, 'latin1');
  const rss_kb = Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]);
  const shared = (await registrar.rpc('core.shmmem')) as { used: number };
  // one entry for each of Kamailio's processes
  const own = (await registrar.rpc('pkg.stats')) as { used: number }[];
  return {
    'service RSS, MB': rss_kb / 1_024,
    'service heap after gc, MB': heap / MB,
    'service open files': readdirSync(`/proc/${understudy.pid}/fd`).length,
    'service active resources': resources,
    'registrar shared memory, MB': shared.used / MB,
    'registrar private memory, MB': own.reduce((sum, { used }) => sum + used, 0) / MB,
  };
}

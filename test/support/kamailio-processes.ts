import type { Kamailio } from './kamailio.js';

/** Its processes as it lists them itself: another process id than before tells that one has crashed. */
export async function processes(kamailio: Kamailio): Promise<string> {
  return JSON.stringify(await kamailio.rpc('core.ps'));
}

import type { Call } from './json-rpc.js';

/** The processes of this Kamailio, as text to compare: start times have whole seconds, and a restart may take less. */
export async function corePs(call: Call): Promise<string> {
  return JSON.stringify(await call('core.ps', []));
}

import { type Call, isObject } from './json-rpc.js';

/** When this Kamailio was started, in its own words: another answer means another start. */
export async function coreUptime(call: Call): Promise<string> {
  const result = await call('core.uptime', []);
  if (!isObject(result) || typeof result.up_since !== 'string')
    throw new Error('core.uptime: no time of start');
  return result.up_since;
}

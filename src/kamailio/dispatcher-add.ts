import { SET } from './dispatcher-set.js';
import type { Call } from './json-rpc.js';

/** Inactive until it has answered: so `dst-down` is told of none that never has. */
const INACTIVE = 1;

/** Has a place probed from now on. Kamailio keeps two of what is added twice. */
export async function dispatcherAdd(call: Call, uri: string): Promise<void> {
  await call('dispatcher.add', [SET, uri, INACTIVE]);
}

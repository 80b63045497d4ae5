import { SET } from './dispatcher-set.js';
import type { Call } from './json-rpc.js';

export async function dispatcherRemove(call: Call, uri: string): Promise<void> {
  await call('dispatcher.remove', [SET, uri]);
}

import { type Call, RpcFault } from './json-rpc.js';
import { TABLE, usrlocAor } from './usrloc-aor.js';

const NOT_FOUND = 404;

/** Takes a contact off an address. What isn't there counts as taken off. */
export async function ulRmContact(call: Call, aor: string, contact: string): Promise<void> {
  try {
    await call('ul.rm_contact', [TABLE, usrlocAor(aor), contact]);
  } catch (error) {
    if (!(error instanceof RpcFault && error.code === NOT_FOUND)) throw error;
  }
}

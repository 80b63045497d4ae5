import { printQ } from '../sip/q-value.js';
import type { Call } from './json-rpc.js';
import { TABLE, usrlocAor } from './usrloc-aor.js';

const PERMANENT = 0;
/** How jsonrpcs is told that a text is not set. */
const UNSET = '.';
const NO_FLAGS = 0;
/** Every method of SIP that Kamailio knows. */
const ALL_METHODS = 16_383;

/** Binds a contact to an address for good: what must outlive this service. An existing binding of the contact becomes this one. */
export async function ulAdd(
  call: Call,
  { aor, contact, q, path }: { aor: string; contact: string; q: number; path: string | null },
): Promise<void> {
  await call('ul.add', [
    TABLE,
    usrlocAor(aor),
    contact,
    PERMANENT,
    printQ(q),
    path ?? UNSET,
    NO_FLAGS,
    NO_FLAGS,
    ALL_METHODS,
  ]);
}

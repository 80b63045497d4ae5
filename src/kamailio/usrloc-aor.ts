import { parseAddress } from '../sip/address.js';

/** The table that registrar's `save()` writes to and `lookup()` reads. */
export const TABLE = 'location';

/** An address as usrloc has it with `use_domain`: user (not escaped) and domain, without the scheme. */
export function usrlocAor(aor: string): string {
  const { user, domain } = parseAddress(aor);
  return `${user}@${domain}`;
}

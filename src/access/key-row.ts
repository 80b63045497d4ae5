import type { ApiKey } from './api-key.js';

type Times = 'created_at' | 'expires_at' | 'rotated_at' | 'revoked_at' | 'last_used_at' | 'old_secret_until';

/** As the columns come back. */
export type KeyRow = Omit<ApiKey, Times> & { readonly created_at: Date } & {
  readonly [time in Exclude<Times, 'created_at'>]: Date | null;
};

export const COLUMNS =
  'id, name, scopes, contact_centers, secret_hash, old_secret_hash, old_secret_until, created_at, expires_at, ' +
  'rotated_at, revoked_at, last_used_at';

export function asKey(row: KeyRow): ApiKey {
  return {
    ...row,
    created_at: row.created_at.getTime(),
    expires_at: row.expires_at?.getTime() ?? null,
    rotated_at: row.rotated_at?.getTime() ?? null,
    revoked_at: row.revoked_at?.getTime() ?? null,
    last_used_at: row.last_used_at?.getTime() ?? null,
    old_secret_until: row.old_secret_until?.getTime() ?? null,
  };
}

/**
 * What a key lets its holder do. `signalling` is what routing scripts call, `read` everything that only tells, `admin`
 * everything that changes something, and `read` with it: who may change a thing must see it. `admin` doesn't hold `signalling`:
 * nobody should place calls' questions, or report outcomes, with a key that also deletes contact centers.
 */
export const SCOPES = ['signalling', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Times in ms since the epoch. */
export interface ApiKey {
  readonly id: string;
  /** Whose it is, for people. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Domains; null: all of them. */
  readonly contact_centers: readonly string[] | null;
  readonly secret_hash: Buffer;
  readonly old_secret_hash: Buffer | null;
  readonly old_secret_until: number | null;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly rotated_at: number | null;
  readonly revoked_at: number | null;
  /** Give or take a minute. */
  readonly last_used_at: number | null;
}

/** As people see it: without its secrets, and without their hashes. */
export function documentOf(key: ApiKey) {
  const { id, name, scopes, contact_centers } = key;
  return {
    id,
    name,
    scopes: [...scopes],
    contact_centers: contact_centers && [...contact_centers],
    created_at: asTime(key.created_at) as string,
    expires_at: asTime(key.expires_at),
    rotated_at: asTime(key.rotated_at),
    old_secret_until: asTime(key.old_secret_until),
    revoked_at: asTime(key.revoked_at),
    last_used_at: asTime(key.last_used_at),
  };
}

export function isLive({ revoked_at, expires_at }: ApiKey, now: number): boolean {
  return revoked_at === null && (expires_at === null || expires_at > now);
}

function asTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

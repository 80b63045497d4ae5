/**
 * What an operator has ordered for a time:
 *
 *     bypass   the contact center, or one skillset, isn't tried first, whatever its health
 *     normal   the contact center, one skillset or one location is tried first, whatever its health
 *     drain    one location gets no new calls
 *     drill    calls of one caller, or to one address, are treated as if the contact center were down
 *     pause    one agent gets no calls of skillsets
 */
export type OverrideKind = 'bypass' | 'normal' | 'drain' | 'drill' | 'pause';

export interface Override {
  readonly id: string;
  readonly domain: string;
  readonly kind: OverrideKind;
  /** What it is limited to; null: not limited so. Names and URIs as provisioned, `caller` and `address` as printed. */
  readonly skillset: string | null;
  readonly location: string | null;
  readonly agent: string | null;
  /** `sip:user@host` of the From header. */
  readonly caller: string | null;
  /** `sip:user@domain` that is called. */
  readonly address: string | null;
  readonly reason: string;
  /** As the client says. */
  readonly by: string;
  /** Whose key it was, or from where; null: it isn't known. */
  readonly asked_by?: string | null;
  /** ms since the epoch. */
  readonly created_at: number;
  readonly expires_at: number;
}

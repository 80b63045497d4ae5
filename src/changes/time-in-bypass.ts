import type { BypassChange } from './find-bypass.sql.js';

export interface TimeInBypass {
  readonly bypass: boolean;
  /** Since when it is as it is now, ms since the epoch; null: it was never otherwise, as far as is known. */
  readonly changed_at: number | null;
  readonly seconds: number;
}

/**
 * How long it was in bypass from `since` to `now`, by its changes, the oldest first. After a restart a change may be told
 * a second time: then nothing has changed.
 */
export function timeInBypass(
  changes: readonly Pick<BypassChange, 'at' | 'bypass'>[],
  since: number,
  now: number,
): TimeInBypass {
  let bypass: boolean | undefined;
  let changed_at: number | null = null;
  let ms = 0;
  const within = (at: number) => Math.min(Math.max(at, since), now);
  for (const change of changes) {
    if (change.bypass === bypass) continue;
    if (bypass) ms += within(change.at) - within(changed_at ?? since);
    bypass = change.bypass;
    changed_at = change.at;
  }
  if (bypass) ms += now - within(changed_at ?? since);
  return { bypass: bypass ?? false, changed_at, seconds: Math.round(ms / 1_000) };
}

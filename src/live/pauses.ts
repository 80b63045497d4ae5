import type { Override } from './override.js';

/** Which of the overrides in force pauses whom, by the agent's name. Of several the last one counts. */
export function pausesByAgent(overrides: readonly Override[]): ReadonlyMap<string, Override> {
  return new Map(
    overrides.flatMap((one) => (one.kind === 'pause' && one.agent !== null ? [[one.agent, one]] : [])),
  );
}

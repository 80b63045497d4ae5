import type { Scene } from './scene.js';
import type { CallResult } from './sipp.js';

/** What a question may take. */
const ASKED_MS = 300;

/**
 * A caller who gives up, as in the SIPp scenario `file`, while the service is asked. A busy machine may be too late with that, since
 * it has only as long as the question takes; then another caller does it, the fifth in any case.
 */
export async function givesUpWhileAsked(scene: Scene, file: string): Promise<CallResult> {
  for (let n = 1; ; n++) {
    const call = await scene.call('sales', { scenario: file });
    if (call.ms < ASKED_MS || n === 5) return call;
  }
}

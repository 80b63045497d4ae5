import { freePort } from './free-port.js';
import { DOMAIN, type Ending, type Scene } from './scene.js';
import { PATIENT, Sipp } from './sipp.js';
import { withStatistics } from './sipp-statistics.js';

export interface ManyCalls {
  readonly calls: number;
  readonly perSecond: number;
  readonly talk_ms: number;
  /** All must have ended within that. */
  readonly limit_s: number;
  /** Where SIPp writes its statistics. */
  readonly statistics?: string;
}

/** Begins calls to sales, many at once; `-l` because SIPp would begin no more when some take longer than usual. */
export async function manyCallers(
  ending: Ending,
  scene: Scene,
  { calls, perSecond, talk_ms, limit_s, statistics }: ManyCalls,
): Promise<Sipp> {
  const sipp = new Sipp({
    scenario: 'caller',
    port: await freePort(),
    target: scene.callTarget,
    keys: { ruri: `sip:sales@${DOMAIN}` },
    args: [
      ...['-m', String(calls), '-r', String(perSecond), '-l', String(calls), '-d', String(talk_ms)],
      ...['-timeout', `${limit_s}s`, '-timeout_error', ...PATIENT],
      ...(statistics === undefined ? [] : withStatistics(statistics)),
    ],
  });
  ending.teardown(() => sipp.kill());
  return sipp;
}

import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { DOMAIN, type Ending, type Scene } from '../support/scene.js';
import { header, type SipMessage, Sipp } from '../support/sipp.js';
import { readStatistics, withStatistics } from '../support/sipp-statistics.js';
import { until } from '../support/until.js';
import { CALLED } from './world.js';

const PER_SECOND = 20;
const TALK_MS = 200;
/** Longer than most callers wait. */
const PATIENCE_MS = 45_000;

export interface CallCounts {
  readonly offered: number;
  readonly answered: number;
  /** Not answered; in every row somebody is alive who would have. */
  readonly lost: number;
  readonly longest_setup_ms: number;
  /** What the callers of those that were lost have heard. */
  readonly heard: readonly string[];
}

/** 20 new calls a second to a skillset. */
export class Calls {
  readonly #sipp: Sipp;
  readonly #statistics: string;

  private constructor(sipp: Sipp, statistics: string) {
    this.#sipp = sipp;
    this.#statistics = statistics;
  }

  static async begin(
    ending: Ending,
    scene: Scene,
    options: { count: number; directory: string },
  ): Promise<Calls> {
    const statistics = join(options.directory, 'calls.csv');
    const count = String(options.count);
    const sipp = new Sipp({
      scenario: new URL('./sipp/caller.xml', import.meta.url).pathname,
      port: await freePort(),
      target: scene.callTarget,
      keys: { ruri: `sip:${CALLED}@${DOMAIN}` },
      args: [
        // -l: SIPp would begin no more when some take longer than usual
        ...['-m', count, '-l', count, '-r', String(PER_SECOND), '-d', String(TALK_MS)],
        ...['-recv_timeout', String(PATIENCE_MS), ...withStatistics(statistics)],
      ],
    });
    ending.teardown(() => sipp.kill());
    return new Calls(sipp, statistics);
  }

  /** When so many have begun. */
  begun(count: number): Promise<unknown> {
    return until(`${count} calls`, () => readStatistics(this.#statistics).begun >= count, 60_000);
  }

  /** When all have ended, one way or the other. */
  async counts(): Promise<CallCounts> {
    await this.#sipp.ended();
    const { begun, counter } = readStatistics(this.#statistics);
    const calls = [...followed(this.#sipp.messages()).values()];
    return {
      offered: begun,
      answered: counter,
      lost: begun - counter,
      longest_setup_ms: Math.max(0, ...calls.flatMap(({ setup_ms }) => setup_ms ?? [])),
      heard: calls.filter(({ setup_ms }) => setup_ms === undefined).map(({ heard }) => heard.join(' ')),
    };
  }
}

interface Followed {
  readonly at: number;
  setup_ms?: number;
  readonly heard: string[];
}

/** Each call by its Call-ID: when it was made, and what came back until it was answered. */
function followed(messages: readonly SipMessage[]): Map<string, Followed> {
  const calls = new Map<string, Followed>();
  for (const message of messages) {
    const callId = header(message, 'Call-ID') ?? '';
    const call = calls.get(callId);
    if (!call) calls.set(callId, { at: message.at, heard: [] });
    else if (message.direction === 'received' && call.setup_ms === undefined) {
      call.heard.push(`${message.kind} after ${message.at - call.at} ms`);
      if (message.kind === '200') call.setup_ms = message.at - call.at;
    }
  }
  return calls;
}

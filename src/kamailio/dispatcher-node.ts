import { setTimeout as later } from 'node:timers/promises';
import { dispatcherAdd } from './dispatcher-add.js';
import { dispatcherList } from './dispatcher-list.js';
import { dispatcherRemove } from './dispatcher-remove.js';
import { type Call, RpcFault } from './json-rpc.js';
import type { Log } from './log.js';
import { refusedCounts } from './refused-counts.js';

const LOOK_EVERY_MS = 5_000;
const FIRST_PAUSE_MS = 500;
/**
 * Each change makes Kamailio build its list anew and drop the one before the last, which a probe or an RPC may just be reading:
 * by default it takes one change in five seconds. A look at the list takes far less than this.
 */
const BETWEEN_CHANGES_MS = 250;

export interface DispatcherNodeDeps {
  readonly node: string;
  readonly call: Call;
  readonly log: Log;
  /** What it should probe. */
  readonly wanted: () => ReadonlySet<string>;
  /** Whether this instance of the service repairs the list; one alone does, or places would be listed twice. */
  readonly commands: () => boolean;
  /** A place has answered its last probe, or hasn't. */
  readonly heard: (place: string, answered: boolean) => void;
}

/**
 * Has one registrar probe what it should, and hears how that goes; in the same look, how often it has refused something.
 *
 * Waiting: the next look is in 5 s, or at once when something changes. Looking: its list is read; what it says of each place
 * is told on, what differs is repaired, one change after another. Any failure makes the next look come after a pause (0.5 s,
 * doubling to 5 s). Without: it has no module dispatcher; nothing is tried until it is started again. Closed: for good.
 */
export class DispatcherNode {
  readonly #deps: DispatcherNodeDeps;
  readonly #closing = new AbortController();
  #looking: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #without = false;
  #refused: ReadonlyMap<string, number> = new Map();

  constructor(deps: DispatcherNodeDeps) {
    this.#deps = deps;
  }

  /** How often it had refused something, by kind, when it was last asked. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  /** What it should probe may be different now. */
  changed(): void {
    if (!this.#without) this.#look();
  }

  /** It was started, perhaps with other modules. */
  started(): void {
    this.#without = false;
    this.#look();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #look(): void {
    if (this.#closing.signal.aborted) return;
    this.#again = true;
    this.#looking ??= this.#lookUntilDone().finally(() => {
      this.#looking = undefined;
    });
  }

  async #lookUntilDone(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#again && !this.#closing.signal.aborted) {
      this.#again = false;
      try {
        await this.#repair();
        this.#succeeded();
      } catch (error) {
        this.#failed(error);
        break;
      }
    }
    if (this.#without || this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => this.#look(), this.#pauseMs()).unref();
  }

  async #repair(): Promise<void> {
    const { call, wanted, commands, heard } = this.#deps;
    const probed = await dispatcherList(call);
    const places = wanted();
    for (const [place, answered] of probed) {
      if (answered !== null && places.has(place)) heard(place, answered);
    }
    this.#refused = await refusedCounts(call);
    if (!commands()) return;
    for (const place of probed.keys()) {
      if (!places.has(place)) await this.#change(() => dispatcherRemove(call, place));
    }
    for (const place of places) {
      if (!probed.has(place)) await this.#change(() => dispatcherAdd(call, place));
    }
  }

  async #change(change: () => Promise<void>): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await change();
    await later(BETWEEN_CHANGES_MS, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
  }

  #pauseMs(): number {
    if (this.#failures === 0) return LOOK_EVERY_MS;
    return Math.min(LOOK_EVERY_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 10));
  }

  #succeeded(): void {
    if (this.#failures > 0) this.#deps.log.info({ node: this.#deps.node }, 'a registrar probes again');
    this.#failures = 0;
  }

  #failed(error: unknown): void {
    const { node, log } = this.#deps;
    if (this.#closing.signal.aborted) return;
    if (error instanceof RpcFault && /^Method Not Found/i.test(error.reason)) {
      this.#without = true;
      this.#failures = 0;
      log.warn({ node }, 'a registrar has no module dispatcher: it probes nobody');
      return;
    }
    if (this.#failures === 0) log.warn({ err: error, node }, 'a registrar cannot be told whom to probe');
    this.#failures += 1;
  }
}

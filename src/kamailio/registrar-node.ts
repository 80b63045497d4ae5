import { AddressQueue, type Waiting } from './address-queue.js';
import type { BindingDifference } from './compare.js';
import { AT_ONCE, type Comparing, compareAll } from './compare-all.js';
import { corePs } from './core-ps.js';
import { coreSocketsList } from './core-sockets-list.js';
import { coreUptime } from './core-uptime.js';
import type { Call } from './json-rpc.js';
import type { Log } from './log.js';
import { Pace } from './pace.js';
import type { Registration } from './registration.js';
import { type Settled, Settler, type SettlerDeps } from './settler.js';
import { ulDumpBrief } from './ul-dump-brief.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
const ARRIVALS_EVERY_MS = 500;

/** How well one registrar is kept in line. */
export interface RegistrarStatus {
  /** Addresses that are not settled yet. */
  readonly waiting: number;
  /** Whether the last command to it has failed. */
  readonly failing: boolean;
  /** What reviews have put right, since the start. */
  readonly repaired: Readonly<Settled>;
}

export interface RegistrarNodeDeps extends SettlerDeps, Omit<Comparing, 'call'> {
  readonly node: string;
  readonly call: Call;
  readonly log: Log;
}

/**
 * Brings one registrar up to date, address by address.
 *
 * Working: addresses that changed are settled at once, those that are due for a look (all of them, when the registrar was
 * started or is reviewed) at a pace that doesn't hurt it. Any failure makes it pausing (0.5 s, doubling to 5 s); the
 * addresses wait. After the pause it is working again, and the first thing is to ask the registrar for its start: if it
 * was started meanwhile, all is forgotten and every address is due. It has recovered when no address is waiting, and is
 * then reviewed. Closed: nothing is begun any more.
 */
export class RegistrarNode {
  readonly #deps: RegistrarNodeDeps;
  readonly #queue = new AddressQueue();
  readonly #settling = new Map<string, Promise<void>>();
  readonly #settler: Settler;
  readonly #pacedCall: Call;
  #greeting: Promise<string> | undefined;
  /** Tells one start of the registrar from another. */
  #life: string | undefined;
  /** What the review that goes on has put right. */
  #reviewed: Settled | undefined;
  readonly #repaired: Settled = { put: 0, removed: 0 };
  #searches = 0;
  #comparison: Promise<BindingDifference[]> | undefined;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  constructor(deps: RegistrarNodeDeps) {
    this.#deps = deps;
    this.#settler = new Settler(deps);
    const pace = new Pace();
    this.#pacedCall = async (method, params) => {
      await pace.turn();
      return deps.call(method, params);
    };
    this.#timer = setInterval(() => this.#doubtArrived(), ARRIVALS_EVERY_MS).unref();
  }

  changed(aors: Iterable<string>): void {
    this.#queue.addChanged(aors);
    this.#work();
  }

  /** It holds nothing, or nobody knows what. */
  started(): void {
    this.#life = undefined;
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#forget();
    this.#work();
    void this.#searchLeftOver();
  }

  /** Asks again what it holds, leftovers included, and puts right what is wrong. */
  review(): void {
    this.#reviewed ??= { put: 0, removed: 0 };
    this.#greeting = undefined;
    this.#distrust(this.#deps.everything());
    void this.#searchLeftOver();
  }

  /** What it holds else than it should, found out now. Whoever asks meanwhile gets the same answer. */
  differences(): Promise<BindingDifference[]> {
    const expects = (aor: string, contact: string) => this.#settler.expects(aor, contact);
    this.#comparison ??= compareAll({ ...this.#deps, call: this.#pacedCall }, expects).finally(() => {
      this.#comparison = undefined;
    });
    return this.#comparison;
  }

  /** These reach it by themselves. */
  sent(registrations: readonly Registration[]): void {
    this.#settler.sent(registrations);
  }

  holdsForGood(aor: string, contact: string): boolean {
    return this.#settler.holdsForGood(aor, contact);
  }

  get status(): RegistrarStatus {
    const waiting = this.#queue.size + this.#settling.size;
    return { waiting, failing: this.#failures > 0, repaired: this.#repaired };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#pause);
    clearInterval(this.#timer);
    await Promise.all(this.#settling.values());
  }

  #forget(): void {
    this.#settler.forget();
    this.#greeting = undefined;
    this.#queue.addDue(this.#deps.everything());
  }

  #work(): void {
    if (this.#closed || this.#pause) return;
    while (this.#settling.size < AT_ONCE) {
      const waiting = this.#queue.take((aor) => this.#settling.has(aor));
      if (!waiting) break;
      this.#settling.set(waiting.aor, this.#attempt(waiting));
    }
    if (this.#settling.size === 0) this.#done();
  }

  #done(): void {
    const { log, node } = this.#deps;
    const { put = 0, removed = 0 } = this.#reviewed ?? {};
    if (this.#searches === 0) this.#reviewed = undefined;
    if (!this.#reviewed && put + removed > 0)
      log.info({ node, put, removed }, 'a registrar held something else than it should');
    if (this.#failures === 0) return;
    this.#failures = 0;
    log.info({ node }, 'a registrar is up to date again');
    this.review();
  }

  async #attempt(waiting: Waiting): Promise<void> {
    const { aor, paced } = waiting;
    try {
      this.#greeting ??= this.#greet();
      const settling = {
        call: paced ? this.#pacedCall : this.#deps.call,
        nextHop: await this.#greeting,
        stopped: () => this.#closed,
      };
      const { put, removed } = await this.#settler.settle(aor, settling, () => this.#queue.add(waiting));
      if (paced && this.#reviewed) {
        this.#reviewed.put += put;
        this.#reviewed.removed += removed;
        this.#repaired.put += put;
        this.#repaired.removed += removed;
      }
    } catch (error) {
      this.#queue.add(waiting);
      this.#failed(error);
    }
    this.#settling.delete(aor);
    this.#work();
  }

  #doubtArrived(): void {
    for (const waiting of this.#settler.doubtArrived()) this.#queue.add(waiting);
    this.#work();
  }

  #distrust(aors: readonly string[]): void {
    for (const aor of aors) this.#settler.distrust(aor);
    this.#queue.addDue(aors);
    this.#work();
  }

  async #searchLeftOver(): Promise<void> {
    const { call, log, node } = this.#deps;
    this.#searches += 1;
    try {
      this.#distrust(await this.#leftOver());
    } catch (error) {
      const tooMuch = () =>
        log.warn({ err: error, node }, 'a registrar cannot be searched for what was left there');
      // Once it has recovered, it is reviewed.
      await coreUptime(call).then(tooMuch, (away) => this.#failed(away));
    }
    this.#searches -= 1;
    this.#work();
  }

  async #leftOver(): Promise<string[]> {
    return this.#deps.leftOver(await ulDumpBrief(this.#pacedCall));
  }

  /** Where it reaches itself. */
  async #greet(): Promise<string> {
    const { call } = this.#deps;
    const life = `${await coreUptime(call)} ${await corePs(call)}`;
    const nextHop = await coreSocketsList(call);
    const restarted = this.#life !== undefined && this.#life !== life;
    this.#life = life;
    if (restarted) {
      const greeting = this.#greeting;
      this.#forget();
      this.#greeting = greeting;
    }
    return nextHop;
  }

  #failed(error: unknown): void {
    if (this.#closed || this.#pause) return;
    const { node, log } = this.#deps;
    if (this.#failures === 0) {
      log.warn({ err: error, node, waiting: this.#queue.size }, 'a registrar cannot be brought up to date');
    }
    this.#failures += 1;
    this.#greeting = undefined;
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined;
        this.#work();
      },
      Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 10)),
    ).unref();
  }
}

import type { CallEvent, FollowedCall } from '../live/followed-call.js';
import type { CallGoingOn, LiveCalls, ToldOutcome } from '../live/live-calls.js';
import { Claims } from './claims.js';
import type { EntryOf } from './entry.js';
import type { SharedLog } from './shared-log.js';

/** The calls of all instances: what this one learns it remembers, and tells the others. */
export class ToldCalls {
  readonly #calls: LiveCalls;
  readonly #log: SharedLog;
  readonly #claims = new Claims();
  /** The log took longer than usual: nobody waits for it until it is heard again. */
  #slow = false;

  constructor(calls: LiveCalls, log: SharedLog) {
    this.#calls = calls;
    this.#log = log;
  }

  follow(listener: (event: CallEvent) => void): void {
    this.#calls.follow(listener);
  }

  domainOf(decision: string): string | undefined {
    return this.#calls.domainOf(decision);
  }

  decided(call: FollowedCall): void {
    this.#calls.decided(call);
    this.#log.publish({ kind: 'decided', call });
  }

  /**
   * As decided(), for calls whose agents are called first. Whether they are this call's: false when another instance was
   * faster, and then the agents are given up. After the log's usual time since `begun` (performance.now()) nobody waits.
   */
  async claimed(call: FollowedCall, begun: number): Promise<boolean> {
    const claim = this.#claims.open(call);
    this.decided(call);
    const left = begun + this.#log.usualMs - performance.now();
    if (!this.#log.connected || this.#slow || left <= 0) {
      this.#claims.giveUp(call.decision);
      return true;
    }
    const timer = setTimeout(() => {
      this.#slow = true;
      this.#claims.giveUp(call.decision);
    }, left);
    const won = await claim;
    clearTimeout(timer);
    if (!won) this.#giveUp(call);
    return won;
  }

  became(outcome: ToldOutcome): void {
    this.#calls.became(outcome);
    this.#log.publish({ kind: 'became', outcome });
  }

  answeredBy(decision: string, agent: string): CallGoingOn[] {
    return this.#calls.answeredBy(decision, agent);
  }

  forget(node: string, start: number, at: number): CallGoingOn[] {
    this.#log.publish({ kind: 'node_started', node, start, at });
    return this.#calls.forget(node, start, at);
  }

  /** From the log, in its order. */
  readDecided({ call }: EntryOf<'decided'>, own: boolean): void {
    if (own) {
      this.#slow = false;
      this.#claims.read(call.decision);
      return;
    }
    if (call.reserved) this.#claims.engaged({ ...call, agents: call.reserved.agents });
    this.#calls.decided(call);
  }

  /** One of our own, too: it may be about a decision that we hadn't read yet. */
  readBecame({ outcome }: EntryOf<'became'>, own: boolean): void {
    this.#calls.became(outcome, own);
    if (own) return;
    const call = this.#calls.find(outcome.decision);
    const agent = call?.targets[outcome.target]?.agent ?? null;
    const engages = outcome.event === 'ringing' || outcome.event === 'answered';
    if (call && agent !== null && engages) this.#claims.engaged({ ...call, agents: [agent] });
  }

  /** Nothing became of it, as if the caller had hung up. */
  #giveUp({ decision, at }: FollowedCall): void {
    const nothing = { status: null, local: null, retry_after_seconds: null };
    this.became({ decision, target: 0, event: 'canceled', ...nothing, at });
  }
}

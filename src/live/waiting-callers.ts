import type { FollowedCall, Hold } from './followed-call.js';
import { mergedReturn } from './merge.js';

/** One try to bring a caller from the music to an agent. */
export interface Return {
  /** Its own decision. */
  readonly decision: string;
  readonly agent: string;
  /** When it is over at the latest, whatever is told of it; ms since the epoch. */
  readonly until: number;
}

/** A caller who hears a treatment's music and returns to the agents when one becomes free. */
export interface WaitingCaller {
  /** Of the decision that led to the treatment. */
  readonly call: FollowedCall;
  readonly hold: Hold;
  /** When the music began and when it ends, ms since the epoch. */
  readonly since: number;
  readonly until: number;
  /** When an agent was last tried for this caller. */
  readonly tried: ReadonlyMap<string, number>;
}

interface Known extends WaitingCaller {
  readonly tried: Map<string, number>;
  branches_left: number;
  attempt: Return | null;
}

/** All that is known of one caller, for an instance that doesn't know. */
export type WaitingFacts = WaitingCaller & Readonly<Pick<Known, 'branches_left' | 'attempt'>>;

/** Who waits for an agent. Each caller has at most one attempt under way, so no two agents are ever called for one caller. */
export class WaitingCallers {
  /** By decision, in the order in which they came. */
  readonly #callers = new Map<string, Known>();
  /** The callers' decisions by their attempts'. */
  readonly #attempts = new Map<string, string>();

  /** A caller whose decision is known already waits on as before. */
  add(caller: WaitingCaller): void {
    const { decision } = caller.call;
    if (this.#callers.has(decision)) return;
    const { branches_left } = caller.hold;
    this.#callers.set(decision, { ...caller, tried: new Map(caller.tried), branches_left, attempt: null });
  }

  /** The call has ended, or nothing more can be done for it. */
  remove(decision: string): void {
    const caller = this.#callers.get(decision);
    if (caller?.attempt) this.#attempts.delete(caller.attempt.decision);
    this.#callers.delete(decision);
  }

  /** Those for whom an agent may be called now, the longest waiting first. */
  ready(now: number): WaitingCaller[] {
    for (const caller of [...this.#callers.values()]) {
      if (caller.attempt && caller.attempt.until <= now) this.settle(caller.attempt.decision);
      if (caller.until <= now || (caller.branches_left <= 0 && !caller.attempt))
        this.remove(caller.call.decision);
    }
    return [...this.#callers.values()]
      .filter(({ attempt, branches_left }) => attempt === null && branches_left > 0)
      .sort((a, b) => a.since - b.since);
  }

  /** Everybody whose music still plays. */
  all(now: number): WaitingCaller[] {
    return [...this.#callers.values()].filter(({ until }) => until > now);
  }

  facts(now: number): WaitingFacts[] {
    return [...this.#callers.values()].filter(({ until }) => until > now);
  }

  /** What another instance knows. */
  merge({ tried, branches_left, attempt, ...caller }: WaitingFacts): void {
    this.add({ ...caller, tried });
    const known = this.#callers.get(caller.call.decision);
    if (!known) return;
    for (const [agent, at] of tried) known.tried.set(agent, Math.max(at, known.tried.get(agent) ?? 0));
    known.branches_left = Math.min(known.branches_left, branches_left);
    const lasting = mergedReturn(known.attempt, attempt);
    if (known.attempt) this.#attempts.delete(known.attempt.decision);
    known.attempt = lasting;
    if (lasting) this.#attempts.set(lasting.decision, caller.call.decision);
  }

  /** Whether nobody is called for this caller just now. */
  waits(decision: string): boolean {
    return this.#callers.get(decision)?.attempt === null;
  }

  begin(decision: string, attempt: Return, now: number): void {
    const caller = this.#callers.get(decision);
    if (!caller || caller.attempt) throw new Error(`${decision} waits for nobody`);
    caller.attempt = attempt;
    caller.branches_left -= 1;
    caller.tried.set(attempt.agent, now);
    this.#attempts.set(attempt.decision, decision);
  }

  /** The attempt has failed: the music goes on. */
  settle(attempt: string): void {
    const caller = this.#callers.get(this.callerOf(attempt) ?? '');
    if (caller) caller.attempt = null;
    this.#attempts.delete(attempt);
  }

  /** Whose attempt it is: the decision that led to the treatment. */
  callerOf(attempt: string): string | undefined {
    return this.#attempts.get(attempt);
  }
}

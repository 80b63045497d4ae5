import { LRUCache } from 'lru-cache';
import { atMost } from '../at-most.js';
import { begun, type CallProgress, isUnreached, progressed } from './call-progress.js';
import type { CallEvent, FollowedCall, Hold } from './followed-call.js';
import { mergedCalls } from './merge.js';

/** At 50 calls a second those of the last half hour. */
const FOLLOWED = 100_000;
/** No call is tried for longer: of one that was decided before, and wasn't answered, nothing will be told. */
const TRIED_MS = 10 * 60_000;

/** An outcome as it was told. */
export interface ToldOutcome {
  readonly decision: string;
  /** The target's position. */
  readonly target: number;
  readonly event: CallEvent['event'];
  readonly status: number | null;
  /** Whether the status is the node's own, sent by nobody; null: the node doesn't say. */
  readonly local: boolean | null;
  readonly retry_after_seconds: number | null;
  /** Of a treatment that rings and holds the caller. */
  readonly hold?: Hold;
  /** ms since the epoch. */
  readonly at: number;
}

/** A target that has answered. */
export interface CallGoingOn {
  readonly decision: string;
  /** Its position. */
  readonly target: number;
}

/** Learns of every call before anybody else does, so that whoever hears of an event finds the agents as it left them. */
export interface CallWatcher {
  decided(call: FollowedCall): void;
  /** `event` is what is new; null: what was known before is forgotten. */
  progressed(progress: CallProgress, event: Pick<CallEvent, 'position' | 'event'> | null, at: number): void;
}

/**
 * The calls that were decided lately, followed by their outcomes. Outcomes of unknown decisions, repeated ones, and those
 * that a later one has overtaken (such as a ringing after the answer) are not passed on.
 */
export class LiveCalls {
  readonly #watcher: CallWatcher;
  readonly #listeners: ((event: CallEvent) => void)[] = [];
  readonly #open: LRUCache<string, CallProgress>;
  /** Apart, so that long calls are not forgotten for many short ones that come after them. */
  readonly #answered: LRUCache<string, CallProgress>;

  constructor(watcher: CallWatcher, followed = FOLLOWED) {
    this.#watcher = watcher;
    this.#open = new LRUCache(atMost(followed));
    this.#answered = new LRUCache(atMost(followed));
  }

  /** Listeners are told in the order in which they came. */
  follow(listener: (event: CallEvent) => void): void {
    this.#listeners.push(listener);
  }

  decided(call: FollowedCall): void {
    if (this.#find(call.decision)) return;
    this.#keep(begun(call));
    this.#watcher.decided(call);
  }

  /** Whose call it is; undefined: it is not known any more, or was never ours: the id came over the wire, anybody may invent one. */
  domainOf(decision: string): string | undefined {
    return this.#find(decision)?.call.domain;
  }

  /** Whether the caller of this decision is known to have hung up. */
  isOver(decision: string): boolean {
    const targets = this.#find(decision)?.targets ?? [];
    return targets.some(({ canceled, ended }) => canceled !== null || ended !== null);
  }

  /** The call of a decision that is followed. */
  find(decision: string): FollowedCall | undefined {
    return this.#find(decision)?.call;
  }

  /** `here`: this instance was told; else another one was, and has passed it on. */
  became(outcome: ToldOutcome, here = true): void {
    const { decision, target: position, event, status, local, retry_after_seconds, hold, at } = outcome;
    const before = this.#find(decision);
    if (!before) return;
    const silent = isSilence(status, local);
    const progress = progressed(before, { position, event, at, status, silent });
    if (progress === before) return;
    this.#keep(progress);
    this.#watcher.progressed(progress, { position, event }, at);
    if (isOvertaken(before, position, event)) return;
    const { call } = progress;
    const [target, known] = [call.targets[position], progress.targets[position]];
    if (!target || !known) return;
    const unreached = event === 'failed' && isUnreached(known);
    const holds = hold && { hold };
    const told = {
      call,
      target,
      position,
      event,
      status,
      unreached,
      retry_after_seconds,
      ...holds,
      at,
      here,
    };
    for (const listener of this.#listeners) listener(told);
  }

  /** Which targets of this decision this agent has answered, and is still in a call. */
  answeredBy(decision: string, agent: string): CallGoingOn[] {
    const progress = this.#find(decision);
    return progress
      ? goingOn(progress).filter(({ target }) => progress.call.targets[target]?.agent === agent)
      : [];
  }

  /**
   * The node has lost its memory: what becomes of the calls that it had at `start` will never be told. Returns those of them that
   * were answered.
   */
  forget(node: string, start: number, at: number): CallGoingOn[] {
    const lost: CallGoingOn[] = [];
    for (const calls of [this.#open, this.#answered]) {
      for (const before of [...calls.values()]) {
        const { call } = before;
        if (call.node !== node || call.at >= start) continue;
        lost.push(...goingOn(before));
        const progress = begun({ ...call, reserved: null });
        this.#keep(progress);
        this.#watcher.progressed(progress, null, at);
      }
    }
    return lost;
  }

  /** What is known of the calls that go on, for an instance that doesn't know. */
  *facts(now: number): Generator<CallProgress> {
    for (const progress of this.#open.values()) if (now - progress.call.at < TRIED_MS) yield progress;
    yield* this.#answered.values();
  }

  /** What another instance knows of a call. Nobody is told: it is no news. */
  merge(theirs: CallProgress): void {
    const ours = this.#find(theirs.call.decision);
    if (ours && ours.targets.length !== theirs.targets.length) return;
    const progress = ours ? mergedCalls(ours, theirs) : theirs;
    this.#keep(progress);
    if (!ours) this.#watcher.decided(progress.call);
    this.#watcher.progressed(progress, null, 0);
  }

  #find(decision: string): CallProgress | undefined {
    return this.#open.get(decision) ?? this.#answered.get(decision);
  }

  #keep(progress: CallProgress): void {
    const { decision } = progress.call;
    const [to, from] = isGoingOn(progress) ? [this.#answered, this.#open] : [this.#open, this.#answered];
    from.delete(decision);
    to.set(decision, progress);
  }
}

/** 477: it could not be sent; 430: its flow is dead (RFC 5626 §5.3); 408, unless somebody sent it: no answer in time. */
function isSilence(status: number | null, local: boolean | null): boolean {
  return status === 477 || status === 430 || (status === 408 && local !== false);
}

function isGoingOn(progress: CallProgress): boolean {
  return goingOn(progress).length > 0;
}

function goingOn({ call, targets }: CallProgress): CallGoingOn[] {
  return targets.flatMap(({ answered, ended }, target) =>
    answered !== null && ended === null ? [{ decision: call.decision, target }] : [],
  );
}

function isOvertaken({ targets }: CallProgress, position: number, event: CallEvent['event']): boolean {
  const known = targets[position];
  if (!known) return false;
  const { answered, failed, canceled, ended } = known;
  if (event === 'ringing') return [answered, failed, canceled, ended].some((at) => at !== null);
  return event === 'failed' && answered !== null;
}

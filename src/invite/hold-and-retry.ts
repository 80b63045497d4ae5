/**
 * Hold and retry: from a treatment's music a caller returns to the agents as soon as one is free. The longest waiting comes
 * first. A caller has one attempt under way at most, and an attempt reserves its agent as any decision does: so nobody
 * gets two agents, and no agent two callers. Until the agent answers, and when none does, the music goes on.
 */
import { randomUUID } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { ResolvedAddress } from '../directory/directory.js';
import type { AppendBranch } from '../kamailio/append-branch.js';
import type { CallEvent, FollowedCall } from '../live/followed-call.js';
import type { ToldOutcome } from '../live/live-calls.js';
import {
  type Return as Attempt,
  type WaitingCaller,
  WaitingCallers,
  type WaitingFacts,
} from '../live/waiting-callers.js';
import { asRtjson } from './as-rtjson.js';
import type { Candidate } from './candidate.js';
import { type Decision, decisionOf, followedCall } from './decision.js';
import { gatherSituation, type SituationDeps } from './gather-situation.js';
import { limitsOf } from './limits-of.js';
import { freeAgents, nextAgent } from './next-agent.js';
import { placeLocations } from './place-locations.js';
import type { Situation } from './situation.js';

export interface HoldAndRetryDeps extends SituationDeps {
  readonly calls: {
    follow(listener: (event: CallEvent) => void): void;
    claimed(call: FollowedCall, begun: number): Promise<boolean>;
    became(outcome: ToldOutcome): void;
  };
  readonly history: { decided(decision: Return): void };
  readonly append: AppendBranch;
  /** Whether this instance calls agents for those who wait; of several one alone does. */
  readonly callsForAll: () => boolean;
  /** Tells the other instances of an attempt that has begun. */
  readonly begun: (caller: string, attempt: Attempt, at: number) => void;
  readonly clock: () => number;
}

/** An attempt as it is recorded: beside the decision that led to the treatment. */
export type Return = Omit<Decision, 'situation'> & {
  readonly situation: null;
  readonly returns_from: string;
};

/** Whatever makes an agent free (a call's end, a registration, a resumption, time) is seen so soon. */
const LOOK_EVERY_MS = 1_000;
/** After its last phone has rung for as long as it may, this long for the news of it. */
const NEWS_MS = 5_000;

export class HoldAndRetry {
  readonly #deps: HoldAndRetryDeps;
  readonly #waiting = new WaitingCallers();
  readonly #timer: NodeJS.Timeout;
  readonly #commands = new Set<Promise<void>>();
  /** The callers for whom an agent is just being reserved. */
  readonly #claiming = new Set<string>();
  #soon: NodeJS.Immediate | undefined;

  constructor(deps: HoldAndRetryDeps) {
    this.#deps = deps;
    deps.calls.follow((event) => this.#heard(event));
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** Calls free agents for those who wait. */
  look(): void {
    if (!this.#deps.callsForAll()) return;
    const now = this.#deps.clock();
    const nobodyFree = new Set<string>();
    for (const caller of this.#waiting.ready(now)) {
      const { domain, user, node, decision } = caller.call;
      if (this.#claiming.has(decision)) continue;
      const resolved = this.#deps.directory.resolve({ domain, user });
      const rpcUrl = node === null ? null : this.#deps.directory.node(node)?.rpc_url;
      if (resolved?.kind !== 'skillset' || typeof rpcUrl !== 'string') {
        this.#waiting.remove(decision);
        continue;
      }
      if (nobodyFree.has(resolved.aor)) continue;
      const situation = this.#situation(resolved, caller, now);
      const bypass = placeLocations(situation).first.length === 0;
      const free = freeAgents(situation, bypass);
      if (free.length === 0) nobodyFree.add(resolved.aor);
      const ways = nextAgent(free, situation, caller.tried);
      if (ways.length > 0) this.#call(caller, resolved, { situation, bypass, ways, rpcUrl });
    }
  }

  /** Who is on hold, and since when (ms since the epoch). */
  onHold(now: number): { readonly domain: string; readonly since: number }[] {
    return this.#waiting.all(now).map(({ call, since }) => ({ domain: call.domain, since }));
  }

  /** What is known of those who wait, for an instance that doesn't know. */
  facts(now: number): WaitingFacts[] {
    return this.#waiting.facts(now);
  }

  /** What another instance knows of one who waits, unless the call is known to be over. */
  merge(facts: WaitingFacts): void {
    this.#waiting.merge(facts);
  }

  /** Another instance calls an agent for one who waits. */
  readBegun(caller: string, attempt: Attempt, at: number): void {
    if (this.#waiting.waits(caller)) this.#waiting.begin(caller, attempt, at);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    clearImmediate(this.#soon);
    await Promise.all(this.#commands);
  }

  #situation(resolved: ResolvedAddress, { call }: WaitingCaller, now: number): Situation {
    const facts = {
      call_id: call.call_id,
      caller: null,
      drill: false,
      fromContactCenter: false,
      limits: limitsOf(this.#deps.directory, call.node),
    };
    return gatherSituation(this.#deps, resolved, facts, now);
  }

  #call(
    caller: WaitingCaller,
    { center }: ResolvedAddress,
    found: { situation: Situation; bypass: boolean; ways: Candidate[]; rpcUrl: string },
  ): void {
    const { situation, bypass, ways, rpcUrl } = found;
    const { at } = situation;
    const until = at + longestMs(ways) + NEWS_MS;
    const agent = ways[0]?.agent ?? '';
    const decided = {
      ...{ targets: ways, out: [], bypass, drill: false, last_target_after_ms: until - at },
      reserved: { agents: [agent], until },
    };
    const document = asRtjson({ situation, decided, ...center }, uuidv7());
    const decision = decisionOf(document, { ruri: situation.address, ...caller.call }, situation, decided);
    const followed = followedCall(decision, decided);
    const command = this.#begin(caller, followed, { decision: decision.id, agent, until })
      .then(async (begun) => {
        if (!begun) return;
        const { transaction } = caller.hold;
        const appended = await this.#deps.append(rpcUrl, { transaction, token: randomUUID(), document });
        if (appended === 'refused') this.#refused(caller, decision.id);
        else this.#deps.history.decided({ ...decision, situation: null, returns_from: caller.call.decision });
      })
      .finally(() => this.#commands.delete(command));
    this.#commands.add(command);
  }

  /** Whether the agent is this caller's, who still waits. */
  async #begin({ call: { decision: caller } }: WaitingCaller, call: FollowedCall, attempt: Attempt) {
    this.#claiming.add(caller);
    const claimed = await this.#deps.calls.claimed(call, performance.now());
    this.#claiming.delete(caller);
    // Another instance was faster; the next look finds another agent.
    if (!claimed) return false;
    if (!this.#waiting.waits(caller)) {
      this.#giveUp(attempt.decision);
      return false;
    }
    this.#waiting.begin(caller, attempt, call.at);
    this.#deps.begun(caller, attempt, call.at);
    return true;
  }

  /** The call is over, or has no more branches. */
  #refused({ call }: WaitingCaller, attempt: string): void {
    this.#waiting.remove(call.decision);
    this.#giveUp(attempt);
  }

  #giveUp(attempt: string): void {
    const nothing = { status: null, local: null, retry_after_seconds: null };
    const at = this.#deps.clock();
    this.#deps.calls.became({ decision: attempt, target: 0, event: 'canceled', ...nothing, at });
  }

  #heard(event: CallEvent): void {
    const { call, position } = event;
    const from = this.#waiting.callerOf(call.decision);
    if (from !== undefined) {
      if (event.event === 'answered' || event.event === 'canceled') this.#waiting.remove(from);
      const isLast = position === call.targets.length - 1;
      // An agent whose phone was reached isn't tried by another way.
      if (event.event === 'failed' && (isLast || !event.unreached)) {
        this.#waiting.settle(call.decision);
        this.#lookSoon();
      }
    } else if (event.event === 'ringing') {
      this.#onHold(event);
    } else if (event.event !== 'failed' || event.target.role === 'treatment') {
      this.#waiting.remove(call.decision);
    }
  }

  #onHold({ call, hold, at }: CallEvent): void {
    if (!hold) return;
    const resolved = this.#deps.directory.resolve(call);
    if (resolved?.kind !== 'skillset' || resolved.skillset.treatment === null) return;
    const treatment = this.#deps.directory.treatment(call.domain, resolved.skillset.treatment);
    const until = at + (treatment?.hold_seconds ?? 0) * 1_000;
    // All of them have just had their turn.
    const tried = new Map(call.targets.flatMap(({ agent }) => (agent === null ? [] : [[agent, at]])));
    this.#waiting.add({ call, hold, since: at, until, tried });
    this.#lookSoon();
  }

  /** Not within the news of one call: everybody is to hear it before another is called. */
  #lookSoon(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      this.look();
    });
  }
}

function longestMs(ways: readonly Candidate[]): number {
  return ways.reduce((sum, { fr_timer_ms }) => sum + fr_timer_ms, 0) + (ways[0]?.ring_ms ?? 0);
}

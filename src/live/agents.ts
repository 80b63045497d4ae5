import { POLICY } from '../directory/contact-center.js';
import type { Directory } from '../directory/directory.js';
import type { Activity, AgentState, AgentStates } from './agent-state.js';
import { NEVER_SEEN } from './agent-state.js';
import { type CallProgress, complaintAbout, type Engagement, engagementsOf } from './call-progress.js';
import type { CallEvent, FollowedCall } from './followed-call.js';
import type { CallWatcher } from './live-calls.js';
import { type Marks, mergedMarks } from './merge.js';
import { provedUntil } from './proved-until.js';

/** So often what has run out is cleared away; who asks in between is answered by the time. */
const CLEAR_EVERY_MS = 5_000;
const PRUNE_EVERY_MS = 3_600_000;
const STRONGEST: readonly Activity[] = ['busy', 'ringing', 'reserved'];

type KnownPhones = Pick<Directory, 'contactCenter' | 'resolve' | 'endpointsOf'>;

/** What an agent does because of one call. */
export type CallOf = Engagement & { readonly call_id: string };

interface Reservation {
  readonly decision: string;
  /** When it was decided, ms since the epoch. */
  readonly at: number;
  readonly of: Set<KnownAgent>;
}

interface KnownAgent {
  readonly domain: string;
  readonly agent: string;
  /** By decision: one call may have two, when a contact center that is a proxy calls its agent. */
  readonly engagements: Map<string, CallOf>;
  idle_since: number;
  offered_at: number;
  put_last: AgentState['put_last'];
  /** When the agent answered last, ms since the epoch; 0: never. */
  answered_at: number;
}

/**
 * What every agent does, as far as calls passed through us. Everything that a call makes an agent do ends by itself: a
 * reservation when its time is over, ringing and calls after longer than they may last.
 */
export class Agents implements AgentStates, CallWatcher {
  readonly #directory: KnownPhones;
  readonly #clock: () => number;
  readonly #known = new Map<string, KnownAgent>();
  /** By call: which decision holds its reservations, and of whom. */
  readonly #reservations = new Map<string, Reservation>();
  #timer: NodeJS.Timeout | undefined;
  #pruned = 0;

  constructor({ directory, clock }: { directory: KnownPhones; clock: () => number }) {
    this.#directory = directory;
    this.#clock = clock;
  }

  of(domain: string, agent: string, now: number): AgentState {
    const known = this.#known.get(keyOf(domain, agent));
    return known ? this.#stateOf(known, now) : NEVER_SEEN;
  }

  /** The call that the agent's activity is about; null: the agent is free. */
  callOf(domain: string, agent: string, now: number): CallOf | null {
    const known = this.#known.get(keyOf(domain, agent));
    return known ? this.#doing(known, now).strongest : null;
  }

  /** All the calls that the agent has answered, by decision. */
  callsOf(domain: string, agent: string, now: number): [decision: string, call: CallOf][] {
    const engagements = this.#known.get(keyOf(domain, agent))?.engagements ?? new Map<string, CallOf>();
    return [...engagements].filter(([, { activity, until }]) => activity === 'busy' && until > now);
  }

  start(): void {
    this.#timer = setInterval(() => this.clear(this.#clock()), CLEAR_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Reserves the agents whom the decision has put first; a call that asks again holds no more than before. */
  decided({ decision, domain, call_id, reserved, at }: FollowedCall): void {
    if (!reserved) return;
    const call = keyOf(domain, call_id);
    const earlier = this.#reservations.get(call);
    // Another instance's news may come late.
    if (earlier && earlier.at > at) return;
    for (const known of [...(earlier?.of ?? [])]) this.#release(known, earlier?.decision ?? '');
    const now = new Set(reserved.agents.map((agent) => this.#knownOf(domain, agent)));
    for (const known of now) {
      const { agent, engagements } = known;
      engagements.set(decision, {
        ...{ agent, activity: 'reserved', since: at, until: reserved.until, call_id },
        phone: null,
      });
      known.offered_at = Math.max(known.offered_at, at);
    }
    this.#reservations.set(call, { decision, at, of: now });
  }

  progressed(progress: CallProgress, event: Pick<CallEvent, 'position' | 'event'> | null, at: number): void {
    const { call, targets } = progress;
    const engagements = new Map(engagementsOf(progress).map((one) => [one.agent, one]));
    const names = new Set(call.targets.flatMap(({ agent }) => agent ?? []));
    for (const name of names) {
      const known = this.#knownOf(call.domain, name);
      const own = targets.filter((_, i) => call.targets[i]?.agent === known.agent);
      for (const { answered, ended } of own) {
        known.answered_at = Math.max(known.answered_at, answered ?? 0);
        known.idle_since = Math.max(known.idle_since, ended ?? 0);
      }
      this.#engage(known, call, engagements.get(known.agent), at);
    }
    const agent = event && call.targets[event.position]?.agent;
    if (event && typeof agent === 'string')
      this.#judge(this.#knownOf(call.domain, agent), progress, event.event);
  }

  /** What is remembered of agents beyond their calls, for an instance that doesn't know. */
  *marks(): Generator<Marks & Pick<KnownAgent, 'domain' | 'agent'>> {
    for (const { domain, agent, idle_since, offered_at, put_last } of this.#known.values()) {
      if (idle_since + offered_at > 0 || put_last) yield { domain, agent, idle_since, offered_at, put_last };
    }
  }

  /** What another instance remembers. */
  merge({ domain, agent, ...theirs }: Marks & Pick<KnownAgent, 'domain' | 'agent'>): void {
    const known = this.#knownOf(domain, agent);
    Object.assign(known, mergedMarks(known, theirs));
  }

  /** Forgets what has run out. */
  clear(now: number): void {
    for (const known of this.#known.values()) {
      for (const [decision, { until }] of known.engagements) {
        if (until <= now) this.#release(known, decision, until);
      }
    }
    if (now - this.#pruned >= PRUNE_EVERY_MS) this.#prune(now);
  }

  #engage(known: KnownAgent, call: FollowedCall, wanted: Engagement | undefined, at: number): void {
    const before = known.engagements.get(call.decision)?.activity;
    // A reservation is made once: the same call may have asked again, and holds another one now.
    const engagement = wanted?.activity === 'reserved' && before !== 'reserved' ? undefined : wanted;
    if (engagement?.activity !== before) this.#release(known, call.decision, at);
    if (engagement) known.engagements.set(call.decision, { ...engagement, call_id: call.call_id });
  }

  #release(known: KnownAgent, decision: string, at = 0): void {
    const engagement = known.engagements.get(decision);
    if (!engagement) return;
    known.engagements.delete(decision);
    if (engagement.activity === 'busy') known.idle_since = Math.max(known.idle_since, at);
    const call = keyOf(known.domain, engagement.call_id);
    const reservation = this.#reservations.get(call);
    if (reservation?.decision !== decision) return;
    reservation.of.delete(known);
    if (reservation.of.size === 0) this.#reservations.delete(call);
  }

  /** Who didn't answer, or wasn't reached, comes last for a while; who rings is reached, and who answers is there. */
  #judge(known: KnownAgent, progress: CallProgress, event: CallEvent['event']): void {
    const { domain, agent } = known;
    if (event === 'answered') known.put_last = null;
    if (event !== 'failed' && event !== 'ringing') return;
    const code = complaintAbout(progress, agent);
    if (code) {
      const failed = progress.targets.map(({ failed }, i) =>
        progress.call.targets[i]?.agent === agent ? failed : 0,
      );
      const center = this.#directory.contactCenter(domain) ?? POLICY;
      const until = Math.max(...failed.map((at) => at ?? 0)) + center.put_last_seconds * 1_000;
      if (until >= (known.put_last?.until ?? 0)) known.put_last = { until, code };
    } else if (event === 'ringing' && known.put_last?.code === 'unreachable') known.put_last = null;
  }

  #knownOf(domain: string, agent: string): KnownAgent {
    const key = keyOf(domain, agent);
    let known = this.#known.get(key);
    if (!known) {
      const { idle_since, offered_at, put_last } = NEVER_SEEN;
      const marks = { idle_since, offered_at, put_last, answered_at: 0 };
      known = { domain, agent, engagements: new Map(), ...marks };
      this.#known.set(key, known);
    }
    return known;
  }

  #stateOf(known: KnownAgent, now: number): AgentState {
    const { engagements, offered_at, put_last } = known;
    const { strongest, unproved } = this.#doing(known, now);
    let { idle_since } = known;
    for (const { activity, until } of engagements.values()) {
      if (activity === 'busy' && until <= now) idle_since = Math.max(idle_since, until);
    }
    return {
      activity: strongest?.activity ?? 'free',
      unproved,
      call_id: strongest?.call_id ?? null,
      idle_since,
      offered_at,
      put_last: put_last && put_last.until > now ? put_last : null,
    };
  }

  /** Whatever else an agent does whose calls can't be proved says more than these; and who has answered another one since is in none of them. */
  #doing(known: KnownAgent, now: number): { strongest: CallOf | null; unproved: boolean } {
    const strongest = strongestOf(known, now);
    if (strongest?.activity !== 'busy') return { strongest, unproved: false };
    let lost: CallOf | null = null;
    for (const one of known.engagements.values()) {
      if (one.activity !== 'busy' || one.until <= now) continue;
      const proved = this.#provedUntil(known, one, now);
      if (proved > now) return { strongest: one, unproved: false };
      if (Math.max(proved, one.since) >= known.answered_at) lost ??= one;
    }
    return { strongest: strongestOf(known, now, 'busy') ?? lost, unproved: lost !== null };
  }

  #provedUntil({ domain, agent }: KnownAgent, call: CallOf, now: number): number {
    const isFixed = (contact: string | null) => {
      const found = this.#directory.resolve({ user: agent, domain });
      // Of a call that was restored without personal data the phone isn't known.
      if (contact === found?.aor) return true;
      return found?.kind === 'agent' && found.agent.contacts.some(({ uri }) => uri === contact);
    };
    return provedUntil(call, this.#directory.endpointsOf(domain, agent, now), isFixed);
  }

  /** Agents who are no longer provisioned don't pile up. */
  #prune(now: number): void {
    this.#pruned = now;
    for (const [key, known] of this.#known) {
      if (
        known.engagements.size === 0 &&
        this.#directory.resolve({ user: known.agent, domain: known.domain })?.kind !== 'agent'
      )
        this.#known.delete(key);
    }
  }
}

/** The first of the strongest. Looked for in one go, since when all agents are busy many calls have reserved the same one. */
function strongestOf({ engagements }: KnownAgent, now: number, but?: Activity): CallOf | null {
  let strongest: CallOf | null = null;
  for (const one of engagements.values()) {
    if (one.until > now && one.activity !== but && (!strongest || isStronger(one, strongest)))
      strongest = one;
  }
  return strongest;
}

function isStronger(a: CallOf, b: CallOf): boolean {
  return STRONGEST.indexOf(a.activity) < STRONGEST.indexOf(b.activity);
}

/** No domain has a space. */
function keyOf(domain: string, name: string): string {
  return `${domain} ${name}`;
}

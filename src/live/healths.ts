/**
 * How every location and treatment stands. What is known of a place (its probes, calls that it didn't answer at all) is one
 * machine, what is known of its answers to one address another: a queue that fails for `sales` is no dead contact center.
 */
import type { ContactCenter } from '../directory/contact-center.js';
import type { Directory } from '../directory/directory.js';
import { placesOf, placeUri, takesCallsAt } from '../directory/place-uri.js';
import type { Change, Changes } from './change.js';
import { evidenceOf } from './evidence-of.js';
import type { CallEvent } from './followed-call.js';
import {
  type Evidence,
  type Health,
  hasFallen,
  isForgettable,
  standingOf,
  step,
  WELL,
} from './health-machine.js';
import { mergedHealth } from './merge.js';
import { type AnsweredProbe, type NodeProbe, type PlaceProbe, type ProbeMemory, Probes } from './probes.js';
import { HEALTHY, SEVERITY, type Standing, type Standings } from './standing.js';

export interface HealthsDeps {
  readonly directory: Pick<Directory, 'contactCenters' | 'contactCenter' | 'nodes' | 'node'>;
  readonly changes: Changes;
  readonly memory: ProbeMemory;
  readonly log: { warn(fields: object, text: string): void; info(fields: object, text: string): void };
}

/** What is known of one URI of a contact center. Who is well isn't remembered. */
interface Watched {
  place: Health;
  readonly answers: Map<string, Health>;
}

/** One machine: `user` null: of the place itself, else of its answers to calls to this user's address. */
export interface KnownHealth {
  readonly domain: string;
  readonly uri: string;
  readonly user: string | null;
  readonly health: Health;
}

/** Of a location or treatment: from a state in which it got calls, all of them or those to one address. */
export interface Fall {
  readonly domain: string;
  readonly uri: string;
  readonly of: 'place' | 'address';
}

/** For people: a machine and how it stands. */
export interface Seen {
  readonly standing: Standing;
  readonly health: Health;
}

const NOBODY = new Map<string, Health>();

export class Healths implements Standings {
  readonly #deps: HealthsDeps;
  readonly #probes: Probes;
  /** By domain, then by the URI as provisioned. */
  readonly #watched = new Map<string, Map<string, Watched>>();
  /** The contact centers at each place, as they were at the last look. */
  readonly #domains = new Map<string, string[]>();
  readonly #listeners: ((center: ContactCenter, now: number) => void)[] = [];
  readonly #fallListeners: ((fall: Fall) => void)[] = [];

  constructor(deps: HealthsDeps) {
    this.#deps = deps;
    this.#probes = new Probes(deps.memory);
  }

  /** Who has answered probes in an earlier life of the service. */
  load(answered: readonly AnsweredProbe[]): void {
    this.#probes.load(answered);
  }

  standing(domain: string, uri: string, address: string, now: number): Standing {
    const watched = this.#watched.get(domain)?.get(uri);
    const policy = watched && this.#deps.directory.contactCenter(domain)?.health;
    if (!policy) return HEALTHY;
    const place = standingOf(watched.place, policy, now);
    const answers = watched.answers.get(address);
    return answers ? worse(place, standingOf(answers, policy, now)) : place;
  }

  /** The machine of a location or treatment alone, and those of its answers by the user of the called address. */
  seen({ domain, health: policy }: ContactCenter, uri: string, now: number) {
    const { place, answers } = this.#watched.get(domain)?.get(uri) ?? { place: WELL, answers: NOBODY };
    const asSeen = (health: Health): Seen => ({ health, standing: standingOf(health, policy, now) });
    const byUser = new Map([...answers].map(([user, health]) => [user, asSeen(health)]));
    return { place: asSeen(place), answers: byUser };
  }

  probesOf(uri: string, now: number): NodeProbe[] {
    return this.#probes.of(placeUri(uri), now);
  }

  /** Told at once when a location of the contact center may stand differently. */
  follow(listener: (center: ContactCenter, now: number) => void): void {
    this.#listeners.push(listener);
  }

  followFalls(listener: (fall: Fall) => void): void {
    this.#fallListeners.push(listener);
  }

  /** What became of a target, as LiveCalls tell it. */
  became(event: CallEvent): void {
    const { call, target, at } = event;
    const center = this.#deps.directory.contactCenter(call.domain);
    if (!center || target.role === 'agent') return;
    const { place, answers } = evidenceOf(event);
    if (place) this.#put(center, target.uri, null, place, at);
    if (answers) this.#put(center, target.uri, call.user, answers, at);
  }

  /** A node says whether a place answers its probes. From others than known nodes, and of other places, it means nothing. */
  probe(node: string, place: string, answered: boolean, now: number): void {
    const { directory } = this.#deps;
    if (!directory.node(node)) return;
    if (!this.#domains.has(place)) this.#findDomains();
    for (const domain of this.#domains.get(place) ?? []) {
      const center = directory.contactCenter(domain);
      const uris = center && placesOf(center).get(place);
      if (!uris) continue;
      this.#probes.heard(place, node, answered, now);
      this.#judge(center, place, uris, now);
    }
  }

  /** What time does by itself, once a second. What is not provisioned any more is forgotten. */
  tick(now: number): void {
    const { directory } = this.#deps;
    this.#findDomains();
    for (const center of directory.contactCenters()) {
      for (const [place, uris] of placesOf(center)) this.#judge(center, place, uris, now);
    }
    this.#probes.keep(new Set(this.#domains.keys()), new Set(directory.nodes().map(({ node }) => node)));
    for (const [domain, uris] of this.#watched) {
      const center = directory.contactCenter(domain);
      for (const uri of uris.keys()) if (!center || !takesCallsAt(center, uri)) uris.delete(uri);
      if (uris.size === 0) this.#watched.delete(domain);
    }
  }

  /** What is known of places, for an instance that doesn't know. */
  *facts(): Generator<KnownHealth> {
    for (const [domain, uris] of this.#watched) {
      for (const [uri, { place, answers }] of uris) {
        if (place !== WELL) yield { domain, uri, user: null, health: place };
        for (const [user, health] of answers) yield { domain, uri, user, health };
      }
    }
  }

  /** What another instance knows of a place. */
  merge({ domain, uri, user, health: theirs }: KnownHealth, now: number): void {
    const center = this.#deps.directory.contactCenter(domain);
    if (!center || !takesCallsAt(center, uri)) return;
    const before = this.#get(domain, uri, user);
    const after = mergedHealth(before, theirs);
    if (after === before) return;
    this.#keep(center, uri, user, after);
    if (after.state !== before.state) for (const listener of this.#listeners) listener(center, now);
  }

  get probes(): Iterable<PlaceProbe> {
    return this.#probes.all();
  }

  mergeProbe(probe: PlaceProbe): void {
    this.#probes.merge(probe);
  }

  #findDomains(): void {
    this.#domains.clear();
    for (const center of this.#deps.directory.contactCenters()) {
      for (const place of placesOf(center).keys()) {
        const domains = this.#domains.get(place);
        if (domains) domains.push(center.domain);
        else this.#domains.set(place, [center.domain]);
      }
    }
  }

  #judge(center: ContactCenter, place: string, uris: readonly string[], now: number): void {
    const evidence: Evidence = { kind: 'probes', say: this.#probes.verdict(place, now) };
    for (const uri of uris) {
      this.#put(center, uri, null, evidence, now);
      for (const user of this.#watched.get(center.domain)?.get(uri)?.answers.keys() ?? []) {
        this.#put(center, uri, user, null, now);
      }
    }
  }

  #put(
    center: ContactCenter,
    uri: string,
    user: string | null,
    evidence: Evidence | null,
    now: number,
  ): void {
    if (!takesCallsAt(center, uri)) return;
    const before = this.#get(center.domain, uri, user);
    const after = step(before, center.health, evidence, now);
    this.#keep(center, uri, user, after);
    if (hasFallen(before, after)) {
      const fall: Fall = { domain: center.domain, uri, of: user === null ? 'place' : 'address' };
      for (const listener of this.#fallListeners) listener(fall);
    }
    if (after.state === before.state && after.overloaded_until === before.overloaded_until) return;
    this.#tell(center, user === null ? uri : `${uri} for ${user}`, before, after);
    for (const listener of this.#listeners) listener(center, now);
  }

  #get(domain: string, uri: string, user: string | null): Health {
    const watched = this.#watched.get(domain)?.get(uri);
    return (user === null ? watched?.place : watched?.answers.get(user)) ?? WELL;
  }

  #keep({ domain, health: policy }: ContactCenter, uri: string, user: string | null, health: Health): void {
    const forgettable = isForgettable(health, policy, health.seen);
    const uris = this.#watched.get(domain) ?? new Map<string, Watched>();
    const watched = uris.get(uri) ?? { place: WELL, answers: new Map<string, Health>() };
    if (user === null) watched.place = forgettable ? WELL : health;
    else if (forgettable) watched.answers.delete(user);
    else watched.answers.set(user, health);
    if (watched.place === WELL && watched.answers.size === 0) uris.delete(uri);
    else uris.set(uri, watched);
    if (uris.size > 0) this.#watched.set(domain, uris);
    else this.#watched.delete(domain);
  }

  /** A call that fails now and then makes it suspect many times a day: only what moves calls is history. */
  #tell({ domain }: ContactCenter, subject: string, before: Health, after: Health): void {
    const moves = [before.state, after.state].some((state) => state === 'down' || state === 'returning');
    if (before.state === after.state || !moves) return;
    const { state, code, because, seen } = after;
    const change: Change = {
      ...{ at: seen, domain, kind: 'health', subject, by: 'understudy', reason: because },
      ...{ before: { state: before.state }, after: { state, code } },
    };
    this.#deps.changes.changed(change);
    const fields = { contact_center: domain, subject, before: before.state, state, code, because };
    if (state === 'down') this.#deps.log.warn(fields, 'it gets no calls any more');
    else this.#deps.log.info(fields, 'its health has changed');
  }
}

function worse(a: Standing, b: Standing): Standing {
  if (a.share !== b.share) return a.share < b.share ? a : b;
  return SEVERITY[b.state] > SEVERITY[a.state] ? b : a;
}

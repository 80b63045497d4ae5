import type { ProbeVerdict } from './health-machine.js';
import { mergedProbe } from './merge.js';

/** What one node says of a place that it probes. `silent`: it has never had an answer, which many a machine gives to nobody. */
export interface NodeProbe {
  readonly node: string;
  readonly state: 'up' | 'down' | 'silent';
  /** Of the state, ms since the epoch. */
  readonly since: number;
  readonly heard_at: number;
}

export interface PlaceProbe extends NodeProbe {
  readonly place: string;
}

/** A place that has answered a node once, at least. */
export interface AnsweredProbe {
  readonly place: string;
  readonly node: string;
}

/** Keeps who has answered beyond the end of this process; takes it and returns at once. */
export interface ProbeMemory {
  answered(probe: AnsweredProbe): void;
  forget(place: string): void;
}

/** A node that says nothing for so long has no say. */
const HEARD_MS = 15_000;
const LONG_AGO = Number.NEGATIVE_INFINITY;

/**
 * What all nodes say of the places that they probe. A place is down when at least half of the nodes that say something say so.
 * Whoever never had an answer says nothing: a contact center that ignores OPTIONS would be down for ever.
 */
export class Probes {
  readonly #places = new Map<string, Map<string, NodeProbe>>();
  readonly #memory: ProbeMemory;

  constructor(memory: ProbeMemory) {
    this.#memory = memory;
  }

  /** Who answered in an earlier life; what they say now isn't known yet. */
  load(answered: readonly AnsweredProbe[]): void {
    for (const { place, node } of answered) {
      const probe = { node, state: 'up', since: LONG_AGO, heard_at: LONG_AGO } as const;
      this.#of(place).set(node, probe);
    }
  }

  heard(place: string, node: string, answered: boolean, now: number): void {
    const nodes = this.#of(place);
    const before = nodes.get(node);
    const known = before !== undefined && before.state !== 'silent';
    if (answered && !known) this.#memory.answered({ place, node });
    const state = answered ? 'up' : known ? 'down' : 'silent';
    const since = before?.state === state && before.since !== LONG_AGO ? before.since : now;
    nodes.set(node, { node, state, since, heard_at: now });
  }

  /** Those that were ever heard in this life of the service. */
  *all(): Generator<PlaceProbe> {
    for (const [place, nodes] of this.#places) {
      for (const probe of nodes.values()) if (probe.heard_at !== LONG_AGO) yield { place, ...probe };
    }
  }

  /** What another instance has heard. */
  merge({ place, ...theirs }: PlaceProbe): void {
    const nodes = this.#of(place);
    const ours = nodes.get(theirs.node);
    nodes.set(theirs.node, ours ? mergedProbe(ours, theirs) : theirs);
  }

  verdict(place: string, now: number): ProbeVerdict {
    const states = this.of(place, now).map(({ state }) => state);
    const down = states.filter((state) => state === 'down').length;
    const up = states.filter((state) => state === 'up').length;
    if (down + up === 0) return 'nothing';
    return down >= up ? 'down' : 'up';
  }

  /** By the nodes' names; those that were heard lately, also when the clock has been set back since. */
  of(place: string, now: number): NodeProbe[] {
    return [...(this.#places.get(place)?.values() ?? [])]
      .filter(({ heard_at }) => Math.abs(now - heard_at) <= HEARD_MS)
      .sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  /** Keeps these places and nodes alone. */
  keep(places: ReadonlySet<string>, nodes: ReadonlySet<string>): void {
    for (const [place, states] of this.#places) {
      if (!places.has(place)) {
        this.#places.delete(place);
        this.#memory.forget(place);
      }
      for (const node of states.keys()) if (!nodes.has(node)) states.delete(node);
    }
  }

  #of(place: string): Map<string, NodeProbe> {
    const nodes = this.#places.get(place) ?? new Map<string, NodeProbe>();
    this.#places.set(place, nodes);
    return nodes;
  }
}

import type { Agent, ContactCenter, Skillset, Treatment } from './contact-center.js';

export interface SkilledAgent {
  readonly agent: Agent;
  /** 1 is best. */
  readonly level: number;
}

export type Part =
  | { readonly kind: 'skillset'; readonly skillset: Skillset }
  | { readonly kind: 'treatment'; readonly treatment: Treatment }
  | { readonly kind: 'agent'; readonly agent: Agent };

/** A contact center with its parts findable by name, and who has each skill in the order in which they are called. */
export class IndexedCenter {
  readonly center: ContactCenter;
  readonly skillsets: ReadonlyMap<string, Skillset>;
  readonly treatments: ReadonlyMap<string, Treatment>;
  readonly agents: ReadonlyMap<string, Agent>;
  /**
   * By name in lower case: usrloc keeps bindings so, unless it is told otherwise, and `sip:Sales@…` must not be an
   * address that we don't know while the registrar takes it for the one that it holds.
   */
  readonly #parts = new Map<string, Part & { readonly name: string }>();
  readonly #skilled = new Map<string, readonly SkilledAgent[]>();

  constructor(center: ContactCenter) {
    this.center = center;
    this.skillsets = byName(center.skillsets);
    this.treatments = byName(center.treatments);
    this.agents = byName(center.agents);
    for (const agent of center.agents) this.#add({ kind: 'agent', agent, name: agent.name });
    for (const treatment of center.treatments)
      this.#add({ kind: 'treatment', treatment, name: treatment.name });
    for (const skillset of center.skillsets) this.#add({ kind: 'skillset', skillset, name: skillset.name });
  }

  #add(part: Part & { readonly name: string }): void {
    this.#parts.set(part.name.toLowerCase(), part);
  }

  /** What has this name, in whatever case. */
  part(name: string): (Part & { readonly name: string }) | undefined {
    return this.#parts.get(name.toLowerCase());
  }

  /** By level, then by name: stable, so that nobody's place depends on who registered first. */
  agentsOf(skillset: string): readonly SkilledAgent[] {
    let skilled = this.#skilled.get(skillset);
    if (!skilled) {
      skilled = this.skillsets.has(skillset) ? sortedBySkill(this.center.agents, skillset) : [];
      // Only names that exist are remembered: what callers ask for must not grow the map.
      if (this.skillsets.has(skillset)) this.#skilled.set(skillset, skilled);
    }
    return skilled;
  }
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}

function sortedBySkill(agents: readonly Agent[], skillset: string): readonly SkilledAgent[] {
  return agents
    .flatMap((agent) => {
      const level = Object.hasOwn(agent.skills, skillset) ? agent.skills[skillset] : undefined;
      return level === undefined ? [] : [{ agent, level }];
    })
    .sort((a, b) => a.level - b.level || (a.agent.name < b.agent.name ? -1 : 1));
}

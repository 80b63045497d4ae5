import { type AcceptedEndpoint, knownUntil } from './accepted-endpoint.js';
import type { AcceptedChange } from './save-accepted-endpoints.sql.js';

/** Takes changes, and says whether and when they are in Postgres: a GroupCommit. */
export interface AcceptedChanges {
  put(row: string, change: AcceptedChange): void;
  stored(limitMs: number): Promise<boolean>;
  committed(): Promise<void>;
}

const NONE: readonly AcceptedEndpoint[] = [];

/** The devices that contact centers have registered, by agent; also those whose binding has ended meanwhile. */
export class AcceptedEndpoints {
  readonly #byAgent = new Map<string, readonly AcceptedEndpoint[]>();
  readonly #changes: AcceptedChanges;

  constructor(changes: AcceptedChanges) {
    this.#changes = changes;
  }

  /** What is in Postgres already. */
  load(all: Iterable<AcceptedEndpoint>): void {
    for (const accepted of all) this.#remember(accepted);
  }

  of(domain: string, agent: string): readonly AcceptedEndpoint[] {
    return this.#byAgent.get(agentOf({ domain, agent })) ?? NONE;
  }

  put(accepted: AcceptedEndpoint): void {
    this.#remember(accepted);
    this.#changes.put(rowOf(accepted), { kind: 'put', accepted });
  }

  /** Writes all of them again. */
  putAll(): void {
    for (const all of this.#byAgent.values())
      for (const accepted of all) this.#changes.put(rowOf(accepted), { kind: 'put', accepted });
  }

  stored(limitMs: number): Promise<boolean> {
    return this.#changes.stored(limitMs);
  }

  /** Another instance has forgotten it. */
  drop(gone: Pick<AcceptedEndpoint, 'domain' | 'agent' | 'key'>): void {
    const others = this.of(gone.domain, gone.agent).filter(({ key }) => key !== gone.key);
    if (others.length > 0) this.#byAgent.set(agentOf(gone), others);
    else this.#byAgent.delete(agentOf(gone));
  }

  committed(): Promise<void> {
    return this.#changes.committed();
  }

  /** Forgets what is known of nobody's device any more; `heldSeconds` says null of an agent who isn't there. */
  forget(now: number, heldSeconds: (domain: string, agent: string) => number | null): void {
    for (const [agent, all] of this.#byAgent) {
      const isKnown = (one: AcceptedEndpoint) => {
        const held = heldSeconds(one.domain, one.agent);
        return held !== null && knownUntil([one], one, held) > now;
      };
      const known = all.filter(isKnown);
      if (known.length > 0) this.#byAgent.set(agent, known);
      else this.#byAgent.delete(agent);
      for (const accepted of all) {
        if (!known.includes(accepted)) this.#changes.put(rowOf(accepted), { kind: 'remove', accepted });
      }
    }
  }

  #remember(accepted: AcceptedEndpoint): void {
    const { domain, agent, key } = accepted;
    const others = this.of(domain, agent).filter((other) => other.key !== key);
    this.#byAgent.set(agentOf(accepted), [...others, accepted]);
  }
}

/** A line break occurs in none of the three. */
function rowOf(accepted: AcceptedEndpoint): string {
  return `${agentOf(accepted)}\n${accepted.key}`;
}

function agentOf({ domain, agent }: Pick<AcceptedEndpoint, 'domain' | 'agent'>): string {
  return `${domain}\n${agent}`;
}

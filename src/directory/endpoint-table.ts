import type { Endpoint } from './endpoint.js';

const NONE: readonly Endpoint[] = [];

/** The live endpoints of all agents: by domain, agent and key, and by the second in which they expire. */
export class EndpointTable {
  readonly #byAgent = new Map<string, Map<string, readonly Endpoint[]>>();
  /** Buckets by second: what has expired is found without looking at what has not. */
  readonly #bySecond = new Map<number, Set<Endpoint>>();
  #firstSecond = Number.POSITIVE_INFINITY;

  /** All that are stored, the expired included: oldest first, then by key. */
  of(domain: string, agent: string): readonly Endpoint[] {
    return this.#byAgent.get(domain)?.get(agent) ?? NONE;
  }

  get(domain: string, agent: string, key: string): Endpoint | undefined {
    return this.of(domain, agent).find((endpoint) => endpoint.key === key);
  }

  put(endpoint: Endpoint): void {
    const others = this.#without(endpoint.domain, endpoint.agent, endpoint.key);
    this.#store(endpoint.domain, endpoint.agent, [...others, endpoint].sort(oldestFirst));
    const second = secondOf(endpoint);
    const bucket = this.#bySecond.get(second);
    if (bucket) bucket.add(endpoint);
    else this.#bySecond.set(second, new Set([endpoint]));
    this.#firstSecond = Math.min(this.#firstSecond, second);
  }

  remove(domain: string, agent: string, key: string): Endpoint | undefined {
    const endpoint = this.get(domain, agent, key);
    if (endpoint) this.#store(domain, agent, this.#without(domain, agent, key));
    return endpoint;
  }

  /** Removes and returns the endpoints of the domain's agents that `keep` turns down. */
  retain(domain: string, keep: (agent: string) => boolean): Endpoint[] {
    const dropped = [...(this.#byAgent.get(domain)?.entries() ?? [])]
      .filter(([agent]) => !keep(agent))
      .flatMap(([, endpoints]) => endpoints);
    for (const endpoint of dropped) this.remove(endpoint.domain, endpoint.agent, endpoint.key);
    return dropped;
  }

  takeExpired(now: number): Endpoint[] {
    const taken: Endpoint[] = [];
    const lastSecond = Math.floor(now / 1000);
    if (this.#firstSecond > lastSecond) return taken;
    const due = [...this.#bySecond.keys()].filter((second) => second <= lastSecond);
    for (const endpoint of due.flatMap((second) => [...(this.#bySecond.get(second) ?? [])])) {
      if (endpoint.expires_at > now) continue;
      this.remove(endpoint.domain, endpoint.agent, endpoint.key);
      taken.push(endpoint);
    }
    this.#firstSecond = [...this.#bySecond.keys()].reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    return taken;
  }

  #without(domain: string, agent: string, key: string): readonly Endpoint[] {
    const endpoints = this.of(domain, agent);
    const old = endpoints.find((endpoint) => endpoint.key === key);
    if (!old) return endpoints;
    const bucket = this.#bySecond.get(secondOf(old));
    bucket?.delete(old);
    if (bucket?.size === 0) this.#bySecond.delete(secondOf(old));
    return endpoints.filter((endpoint) => endpoint !== old);
  }

  #store(domain: string, agent: string, endpoints: readonly Endpoint[]): void {
    let agents = this.#byAgent.get(domain);
    if (!agents) {
      agents = new Map();
      this.#byAgent.set(domain, agents);
    }
    if (endpoints.length > 0) agents.set(agent, endpoints);
    else agents.delete(agent);
    if (agents.size === 0) this.#byAgent.delete(domain);
  }
}

function secondOf(endpoint: Endpoint): number {
  return Math.floor(endpoint.expires_at / 1000);
}

function oldestFirst(a: Endpoint, b: Endpoint): number {
  return a.registered_at - b.registered_at || (a.key < b.key ? -1 : 1);
}

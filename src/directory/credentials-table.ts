import type { Credentials } from './credentials.js';

/** The credentials of all agents: at most one set each. */
export class CredentialsTable {
  readonly #byDomain = new Map<string, Map<string, Credentials>>();

  of(domain: string, agent: string): Credentials | undefined {
    return this.#byDomain.get(domain)?.get(agent);
  }

  put(credentials: Credentials): void {
    const { domain, agent } = credentials;
    const agents = this.#byDomain.get(domain);
    if (agents) agents.set(agent, credentials);
    else this.#byDomain.set(domain, new Map([[agent, credentials]]));
  }

  remove(domain: string, agent: string): void {
    this.#byDomain.get(domain)?.delete(agent);
  }

  /** Forgets those of the domain's agents that `keep` turns down. */
  retain(domain: string, keep: (agent: string) => boolean): void {
    const agents = this.#byDomain.get(domain);
    for (const agent of agents?.keys() ?? []) if (!keep(agent)) agents?.delete(agent);
  }
}

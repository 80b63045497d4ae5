/**
 * Who is provisioned and who is registered, in memory: calls are answered from here. Loaded from Postgres at start;
 * whoever changes Postgres changes this in the same breath. Never trusts that an endpoint is still alive: every
 * reader gives the time.
 */
import { type Address, printAddress } from '../sip/address.js';
import type { ContactCenter, Treatment } from './contact-center.js';
import type { Credentials } from './credentials.js';
import { CredentialsTable } from './credentials-table.js';
import type { Endpoint, Node } from './endpoint.js';
import { EndpointTable } from './endpoint-table.js';
import { IndexedCenter, type Part, type SkilledAgent } from './indexed-center.js';

interface Resolved {
  readonly center: ContactCenter;
  /** The address as we print it, which is what a registrar knows it by. */
  readonly aor: string;
  readonly user: string;
}

export type ResolvedAddress = Resolved & Part;

const NOBODY: readonly SkilledAgent[] = [];

export class Directory {
  readonly #centers = new Map<string, IndexedCenter>();
  readonly #nodes = new Map<string, Node>();
  readonly #endpoints = new EndpointTable();
  readonly #credentials = new CredentialsTable();
  #revision = 0;

  /** Another number after each change but that an endpoint has come or has expired: what was read meanwhile may be older. */
  get revision(): number {
    return this.#revision;
  }

  contactCenter(domain: string): ContactCenter | undefined {
    return this.#centers.get(domain)?.center;
  }

  /** By domain. */
  contactCenters(): ContactCenter[] {
    return [...this.#centers.values()].map((indexed) => indexed.center).sort(byText((c) => c.domain));
  }

  /** Returns the endpoints that are gone since their agents are. */
  putContactCenter(center: ContactCenter): Endpoint[] {
    this.#revision += 1;
    const indexed = new IndexedCenter(center);
    this.#centers.set(center.domain, indexed);
    this.#credentials.retain(center.domain, (agent) => indexed.agents.has(agent));
    return this.#endpoints.retain(center.domain, (agent) => indexed.agents.has(agent));
  }

  removeContactCenter(domain: string): Endpoint[] {
    this.#revision += 1;
    this.#centers.delete(domain);
    this.#credentials.retain(domain, () => false);
    return this.#endpoints.retain(domain, () => false);
  }

  resolve(address: Address): ResolvedAddress | undefined {
    const indexed = this.#centers.get(address.domain);
    if (!indexed) return undefined;
    const part = indexed.part(address.user);
    if (!part) return undefined;
    const aor = printAddress({ user: part.name, domain: address.domain });
    return { ...part, center: indexed.center, aor, user: part.name };
  }

  /** Every address of a contact center: skillsets, treatments, agents. */
  addressesOf(center: ContactCenter): ResolvedAddress[] {
    return [...center.skillsets, ...center.treatments, ...center.agents].flatMap(
      ({ name }) => this.resolve({ user: name, domain: center.domain }) ?? [],
    );
  }

  treatment(domain: string, name: string): Treatment | undefined {
    return this.#centers.get(domain)?.treatments.get(name);
  }

  agentsOf(domain: string, skillset: string): readonly SkilledAgent[] {
    return this.#centers.get(domain)?.agentsOf(skillset) ?? NOBODY;
  }

  /** The unexpired ones: oldest first, then by key. */
  endpointsOf(domain: string, agent: string, now: number): readonly Endpoint[] {
    const endpoints = this.#endpoints.of(domain, agent);
    const alive = (endpoint: Endpoint) => endpoint.expires_at > now;
    return endpoints.every(alive) ? endpoints : endpoints.filter(alive);
  }

  *allEndpoints(now: number): Generator<Endpoint> {
    for (const { domain, agents } of this.contactCenters())
      for (const { name } of agents) yield* this.endpointsOf(domain, name, now);
  }

  endpoint(domain: string, agent: string, key: string): Endpoint | undefined {
    return this.#endpoints.get(domain, agent, key);
  }

  putEndpoint(endpoint: Endpoint): void {
    this.#endpoints.put(endpoint);
  }

  removeEndpoint(domain: string, agent: string, key: string): Endpoint | undefined {
    this.#revision += 1;
    return this.#endpoints.remove(domain, agent, key);
  }

  /** Removes and returns what has expired. */
  takeExpired(now: number): Endpoint[] {
    return this.#endpoints.takeExpired(now);
  }

  credentials(domain: string, agent: string): Credentials | undefined {
    return this.#credentials.of(domain, agent);
  }

  /** Those of an agent who has been deleted meanwhile are nobody's. */
  putCredentials(credentials: Credentials): void {
    this.#revision += 1;
    const { domain, agent } = credentials;
    if (this.#centers.get(domain)?.agents.has(agent)) this.#credentials.put(credentials);
  }

  removeCredentials(domain: string, agent: string): void {
    this.#revision += 1;
    this.#credentials.remove(domain, agent);
  }

  /** By name. */
  nodes(): Node[] {
    return [...this.#nodes.values()].sort(byText((node) => node.node));
  }

  node(name: string): Node | undefined {
    return this.#nodes.get(name);
  }

  putNode(node: Node): void {
    this.#revision += 1;
    this.#nodes.set(node.node, node);
  }

  removeNode(name: string): Node | undefined {
    this.#revision += 1;
    const node = this.#nodes.get(name);
    this.#nodes.delete(name);
    return node;
  }
}

function byText<T>(text: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (text(a) < text(b) ? -1 : 1);
}

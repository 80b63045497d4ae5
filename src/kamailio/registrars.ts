/**
 * Keeps every registrar that may be commanded in line with the directory: contact centers' and treatments' bindings,
 * which must outlive this service, and other agents' endpoints that step up or are displaced.
 */
import type { Directory } from '../directory/directory.js';
import type { Node } from '../directory/endpoint.js';
import { jsonRpc, type Rpc } from './json-rpc.js';
import type { Log } from './log.js';
import { RegistrarNode } from './registrar-node.js';
import type { Registration } from './registration.js';
import { wantedBindings } from './wanted-bindings.js';

export interface RegistrarsDeps {
  readonly directory: Directory;
  readonly log: Log;
  readonly clock: () => number;
  readonly rpc?: Rpc;
}

interface Commanded {
  readonly url: string;
  readonly registrar: RegistrarNode;
}

export class Registrars {
  readonly #directory: Directory;
  readonly #rpc: Rpc;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #commanded = new Map<string, Commanded>();
  readonly #leaving = new Set<Promise<void>>();
  /** How many branches the smallest registrar has: it decides how many agents all of them hold. */
  #branches: number | undefined;

  constructor({ directory, log, clock, rpc = jsonRpc }: RegistrarsDeps) {
    this.#directory = directory;
    this.#rpc = rpc;
    this.#log = log;
    this.#clock = clock;
  }

  /** Once the directory is loaded: whatever the registrars hold, they are brought up to date. */
  start(): void {
    this.#follow();
  }

  /** What these addresses have bound may be different now; also when they are no addresses any more. */
  changed(aors: Iterable<string>): void {
    this.#follow();
    const list = [...aors];
    for (const { registrar } of this.#commanded.values()) registrar.changed(list);
  }

  /** A node was started, or what is known of it has changed. */
  started(node: string): void {
    const known = this.#commanded.get(node);
    this.#follow();
    // A node that is new here has been begun with just now.
    if (known && known === this.#commanded.get(node)) known.registrar.started();
  }

  /** Whether every registrar holds this contact on this address for good. */
  holds(aor: string, contact: string): boolean {
    this.#follow();
    const registrars = this.#directory.nodes().filter(isRegistrar);
    return (
      registrars.length > 0 &&
      registrars.every(({ node }) => this.#commanded.get(node)?.registrar.holdsForGood(aor, contact))
    );
  }

  /**
   * The node that took a REGISTER sees to these. A registrar keeps them itself; an edge sends them to a registrar, and
   * with several of them nobody knows to which: then they are sent to all, by `changed`.
   */
  sent(registrations: readonly Registration[], node: string | null = null): void {
    this.#follow();
    const [only, ...others] = this.#commanded.values();
    const taker = node === null ? undefined : this.#commanded.get(node);
    const receiver = taker ?? (others.length === 0 ? only : undefined);
    receiver?.registrar.sent(registrations);
  }

  async close(): Promise<void> {
    for (const { registrar } of this.#commanded.values()) this.#leave(registrar);
    this.#commanded.clear();
    await Promise.all(this.#leaving);
  }

  /** One RegistrarNode for each node that is a registrar and says where it takes commands. */
  #follow(): void {
    const nodes = this.#directory.nodes().filter(isRegistrar);
    const urls = new Map(nodes.flatMap(({ node, rpc_url }) => (rpc_url === null ? [] : [[node, rpc_url]])));
    for (const [node, { url, registrar }] of this.#commanded) {
      if (urls.get(node) === url) continue;
      this.#commanded.delete(node);
      this.#leave(registrar);
    }
    for (const [node, url] of urls) {
      if (this.#commanded.has(node)) continue;
      const registrar = this.#newRegistrar(node, url);
      this.#commanded.set(node, { url, registrar });
      registrar.started();
    }
    const branches = Math.min(...nodes.map(({ max_branches }) => max_branches));
    if (branches === this.#branches) return;
    this.#branches = branches;
    const aors = [...this.#everything()];
    for (const { registrar } of this.#commanded.values()) registrar.changed(aors);
  }

  #newRegistrar(node: string, url: string): RegistrarNode {
    return new RegistrarNode({
      node,
      call: (method, params) => this.#rpc(url, method, params),
      log: this.#log,
      clock: this.#clock,
      wanted: (aor, now) => wantedBindings(this.#directory, aor, now),
      everything: () => this.#everything(),
    });
  }

  *#everything(): Generator<string> {
    for (const center of this.#directory.contactCenters()) {
      for (const { aor } of this.#directory.addressesOf(center)) yield aor;
    }
  }

  #leave(registrar: RegistrarNode): void {
    const left = registrar.close().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }
}

function isRegistrar({ role }: Node): boolean {
  return role === 'registrar';
}

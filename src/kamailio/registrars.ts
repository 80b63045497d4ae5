/**
 * Keeps every registrar that may be commanded in line with the directory: contact centers' and treatments' bindings,
 * which must outlive this service, and other agents' endpoints that step up or are displaced.
 *
 * Waiting at first: it isn't known yet who commands them. Commanding, from start() on: what the registrars hold is brought
 * up to date, with every change, and reviewed every five minutes. Standing by, from standBy() on: another instance of the
 * service commands them, and nothing is sent; until the next start().
 */
import type { Directory } from '../directory/directory.js';
import type { Endpoint } from '../directory/endpoint.js';
import { CommandedNodes, isRegistrar } from './commanded-nodes.js';
import type { BindingDifference } from './compare.js';
import { type Comparing, compareFromBeside } from './compare-all.js';
import { isThere } from './is-there.js';
import { type Call, jsonRpc, type Rpc } from './json-rpc.js';
import { leftOver } from './left-over.js';
import type { Log } from './log.js';
import { Pace } from './pace.js';
import { RegistrarNode, type RegistrarStatus } from './registrar-node.js';
import type { Registration } from './registration.js';
import { wantedBindings } from './wanted-bindings.js';

export interface RegistrarsDeps {
  readonly directory: Directory;
  readonly log: Log;
  readonly clock: () => number;
  readonly rpc?: Rpc;
}

const REVIEW_EVERY_MS = 5 * 60_000;

export class Registrars {
  readonly #directory: Directory;
  readonly #rpc: Rpc;
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #comparing: Omit<Comparing, 'call'> = {
    clock: () => this.#clock(),
    wanted: (aor, now) => wantedBindings(this.#directory, aor, now),
    everything: () => this.#everything(),
    leftOver: (aors) => leftOver(this.#directory, aors),
  };
  readonly #commanded = new CommandedNodes((node, url) => this.#newRegistrar(node, url));
  /** How many branches the smallest registrar has: it decides how many agents all of them hold. */
  #branches: number | undefined;
  #state: 'waiting' | 'commanding' | 'standing by' = 'waiting';
  #timer: NodeJS.Timeout | undefined;

  constructor({ directory, log, clock, rpc = jsonRpc }: RegistrarsDeps) {
    this.#directory = directory;
    this.#rpc = rpc;
    this.#log = log;
    this.#clock = clock;
  }

  /** Once the directory is loaded: whatever the registrars hold, they are brought up to date. */
  start(): void {
    this.#state = 'commanding';
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      this.reviewAll();
    }, REVIEW_EVERY_MS).unref();
    this.#follow();
  }

  /** Another instance commands them from now on. */
  standBy(): void {
    this.#state = 'standing by';
    this.#leaveAll();
  }

  get commands(): boolean {
    return this.#state === 'commanding';
  }

  /** Whether another instance commands them. */
  get standsBy(): boolean {
    return this.#state === 'standing by';
  }

  /** How well each registrar that this instance commands is kept in line, by node. */
  statuses(): ReadonlyMap<string, RegistrarStatus> {
    return new Map([...this.#commanded.byNode()].map(([node, { status }]) => [node, status]));
  }

  /** What these addresses have bound may be different now; also when they are no addresses any more. */
  changed(aors: Iterable<string>): void {
    this.#follow();
    const list = [...aors];
    for (const registrar of this.#commanded.all()) registrar.changed(list);
  }

  /** A node was started, or what is known of it has changed. */
  started(node: string): void {
    const known = this.#commanded.get(node);
    this.#follow();
    // A node that is new here has been begun with just now.
    if (known && known === this.#commanded.get(node)) known.started();
  }

  /** What a registrar holds else than it should, also when another instance commands it; undefined: it can't be asked. */
  async differences(node: string): Promise<BindingDifference[] | undefined> {
    this.#follow();
    const url = this.urlOf(node);
    if (!this.standsBy || url === null) return this.#commanded.get(node)?.differences();
    const pace = new Pace();
    const call: Call = async (method, params) => {
      await pace.turn();
      return this.#rpc(url, method, params);
    };
    return compareFromBeside({ ...this.#comparing, call });
  }

  /** Where a registrar takes commands; null: this node is none, or takes none. */
  urlOf(node: string): string | null {
    const known = this.#directory.node(node);
    return known && isRegistrar(known) ? known.rpc_url : null;
  }

  /** Has a registrar asked again, and put right. Whether this instance commands it. */
  review(node: string): boolean {
    this.#follow();
    const known = this.#commanded.get(node);
    known?.review();
    return known !== undefined;
  }

  /** Nobody knows what has changed. */
  reviewAll(): void {
    for (const registrar of this.#commanded.all()) registrar.review();
  }

  /** Whether every registrar holds this contact on this address for good. */
  holds(aor: string, contact: string): boolean {
    this.#follow();
    const registrars = this.#directory.nodes().filter(isRegistrar);
    if (registrars.length === 0) return false;
    // Who commands them sees to it; a REGISTER that says otherwise would put an end to what is bound for good.
    if (this.#state === 'standing by') return registrars.every(({ rpc_url }) => rpc_url !== null);
    return registrars.every(({ node }) => this.#commanded.get(node)?.holdsForGood(aor, contact));
  }

  /** Whether this phone answers a request; undefined when no registrar could ask it. */
  async isThere(endpoint: Endpoint): Promise<boolean | undefined> {
    this.#follow();
    for (const url of this.#commanded.urls()) {
      const found = await isThere((method, params) => this.#rpc(url, method, params), endpoint);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * The node that took a REGISTER sees to these. A registrar keeps them itself; an edge sends them to a registrar, and
   * with several of them nobody knows to which: then they are sent to all, by `changed`.
   */
  sent(registrations: readonly Registration[], node: string | null = null): void {
    this.#follow();
    const [only, ...others] = this.#commanded.all();
    const taker = node === null ? undefined : this.#commanded.get(node);
    const receiver = taker ?? (others.length === 0 ? only : undefined);
    receiver?.sent(registrations);
  }

  async close(): Promise<void> {
    this.#leaveAll();
    await this.#commanded.close();
  }

  #leaveAll(): void {
    clearInterval(this.#timer);
    this.#commanded.leaveAll();
    this.#branches = undefined;
  }

  #follow(): void {
    if (!this.commands) return;
    const nodes = this.#directory.nodes();
    for (const registrar of this.#commanded.follow(nodes)) registrar.started();
    const branches = Math.min(...nodes.filter(isRegistrar).map(({ max_branches }) => max_branches));
    if (branches === this.#branches) return;
    this.#branches = branches;
    const aors = this.#everything();
    for (const registrar of this.#commanded.all()) registrar.changed(aors);
  }

  #newRegistrar(node: string, url: string): RegistrarNode {
    return new RegistrarNode({
      node,
      call: (method, params) => this.#rpc(url, method, params),
      log: this.#log,
      ...this.#comparing,
    });
  }

  /** First what callers call. */
  #everything(): string[] {
    const all = this.#directory.contactCenters().flatMap((center) => this.#directory.addressesOf(center));
    const agents = all.filter(({ kind }) => kind === 'agent');
    return [...all.filter(({ kind }) => kind !== 'agent'), ...agents].map(({ aor }) => aor);
  }
}

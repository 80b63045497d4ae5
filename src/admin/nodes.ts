import type pg from 'pg';
import type { Directory } from '../directory/directory.js';
import type { Node } from '../directory/endpoint.js';
import { Problem } from '../errors.js';
import { OneAtATime } from '../http/one-at-a-time.js';
import type { Registrars } from '../kamailio/registrars.js';
import type { Changes } from '../live/change.js';
import type { LiveCalls } from '../live/live-calls.js';
import { changeOf } from './configuration-changes.js';
import { deleteNode } from './delete-node.sql.js';
import { loadNodes } from './load-nodes.sql.js';
import { saveNode } from './save-node.sql.js';

/** Registrars look at the directory's nodes whenever they are told of a change, and see for themselves what it means. */
const NO_ADDRESS: readonly string[] = [];

/** The Kamailios that may be commanded: Postgres first, then memory, then the bindings that they should hold. */
export class Nodes {
  readonly #pool: pg.Pool;
  readonly #directory: Directory;
  readonly #registrars: Pick<Registrars, 'changed' | 'started'>;
  readonly #calls: Pick<LiveCalls, 'forget'>;
  readonly #changes: Changes;
  readonly #provisioned: (domain: null) => void;
  readonly #clock: () => number;
  readonly #writers = new OneAtATime();

  constructor(deps: {
    pool: pg.Pool;
    directory: Directory;
    registrars: Pick<Registrars, 'changed' | 'started'>;
    calls: Pick<LiveCalls, 'forget'>;
    changes: Changes;
    /** Tells the other instances that other nodes are in Postgres. */
    provisioned: (domain: null) => void;
    clock: () => number;
  }) {
    this.#pool = deps.pool;
    this.#directory = deps.directory;
    this.#registrars = deps.registrars;
    this.#calls = deps.calls;
    this.#changes = deps.changes;
    this.#provisioned = deps.provisioned;
    this.#clock = deps.clock;
  }

  all(): Node[] {
    return this.#directory.nodes();
  }

  find(name: string): Node {
    const node = this.#directory.node(name);
    if (!node) throw new Problem('not_found', `No node is called ${name}`);
    return node;
  }

  /** Whether it is new. `by` is who asks for it. */
  put(node: Node, by: string): Promise<boolean> {
    return this.#writers.run(node.node, async () => {
      await saveNode(this.#pool, node);
      const before = this.#directory.node(node.node);
      this.#directory.putNode(node);
      this.#provisioned(null);
      this.#registrars.changed(NO_ADDRESS);
      this.#record(by, before, node);
      return before === undefined;
    });
  }

  remove(name: string, by: string): Promise<void> {
    return this.#writers.run(name, async () => {
      const before = this.find(name);
      await deleteNode(this.#pool, name);
      this.#directory.removeNode(name);
      this.#provisioned(null);
      this.#registrars.changed(NO_ADDRESS);
      this.#record(by, before, undefined);
    });
  }

  /** Another instance has written other nodes. */
  async reread(): Promise<void> {
    const stored = await loadNodes(this.#pool);
    const names = new Set(stored.map(({ node }) => node));
    for (const { node } of this.#directory.nodes()) if (!names.has(node)) this.#directory.removeNode(node);
    for (const node of stored) this.#directory.putNode(node);
    this.#registrars.changed(NO_ADDRESS);
  }

  #record(by: string, before: Node | undefined, after: Node | undefined): void {
    for (const change of changeOf(`nodes/${(after ?? before)?.node}`, before, after)) {
      const at = this.#clock();
      this.#changes.changed({ at, domain: null, kind: 'configuration', by, reason: null, ...change });
    }
  }

  /** Whether it is known, and so is brought up to date. Known or not, it has forgotten the calls that it had. */
  started(name: string, upSeconds: number): boolean {
    const now = this.#clock();
    // In whole seconds it may be up to one more.
    this.#calls.forget(name, now - (upSeconds + 1) * 1_000, now);
    if (!this.#directory.node(name)) return false;
    this.#registrars.started(name);
    return true;
  }
}

import type pg from 'pg';
import type { Directory } from '../directory/directory.js';
import type { Node } from '../directory/endpoint.js';
import { Problem } from '../errors.js';
import { OneAtATime } from '../http/one-at-a-time.js';
import type { Registrars } from '../kamailio/registrars.js';
import type { Changes } from '../live/change.js';
import type { CallGoingOn, LiveCalls } from '../live/live-calls.js';
import { changeOf } from './configuration-changes.js';
import { deleteNode } from './delete-node.sql.js';
import { loadNodes } from './load-nodes.sql.js';
import { saveNode } from './save-node.sql.js';

/** So long an answer waits for Postgres: the script waits for 2 s. */
const STORED_WITHIN_MS = 1_000;

/** What became of calls, as it is kept. */
interface CallHistory {
  became(
    outcome: CallGoingOn & { event: 'ended'; status: null; elapsed_ms: null; node: string; at: number },
  ): void;
  /** Whether everything told before is in Postgres, asked for `limitMs` at most. */
  stored(limitMs: number): Promise<boolean>;
}

/** Registrars look at the directory's nodes whenever they are told of a change, and see for themselves what it means. */
const NO_ADDRESS: readonly string[] = [];

/** The Kamailios that may be commanded: Postgres first, then memory, then the bindings that they should hold. */
export class Nodes {
  readonly #pool: pg.Pool;
  readonly #directory: Directory;
  readonly #registrars: Pick<Registrars, 'changed' | 'started'>;
  readonly #calls: Pick<LiveCalls, 'forget'>;
  readonly #history: CallHistory;
  readonly #changes: Changes;
  readonly #provisioned: (domain: null) => void;
  readonly #clock: () => number;
  readonly #writers = new OneAtATime();

  constructor(deps: {
    pool: pg.Pool;
    directory: Directory;
    registrars: Pick<Registrars, 'changed' | 'started'>;
    calls: Pick<LiveCalls, 'forget'>;
    history: CallHistory;
    changes: Changes;
    /** Tells the other instances that other nodes are in Postgres. */
    provisioned: (domain: null) => void;
    clock: () => number;
  }) {
    this.#pool = deps.pool;
    this.#directory = deps.directory;
    this.#registrars = deps.registrars;
    this.#calls = deps.calls;
    this.#history = deps.history;
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

  /**
   * It has forgotten the calls that it had; whether their ends are in Postgres, since else another start of the service would take them
   * for going on.
   */
  async lostCalls(name: string, upSeconds: number): Promise<boolean> {
    const at = this.#clock();
    // In whole seconds it may be up to one more.
    for (const lost of this.#calls.forget(name, at - (upSeconds + 1) * 1_000, at)) {
      this.#history.became({ ...lost, event: 'ended', status: null, elapsed_ms: null, node: name, at });
    }
    return this.#history.stored(STORED_WITHIN_MS);
  }

  /** Whether it is known, and so is brought up to date. */
  started(name: string): boolean {
    if (!this.#directory.node(name)) return false;
    this.#registrars.started(name);
    return true;
  }
}

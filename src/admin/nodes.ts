import type pg from 'pg';
import type { Directory } from '../directory/directory.js';
import type { Node } from '../directory/endpoint.js';
import { Problem } from '../errors.js';
import type { Registrars } from '../kamailio/registrars.js';
import { deleteNode } from './delete-node.sql.js';
import { OneAtATime } from './one-at-a-time.js';
import { saveNode } from './save-node.sql.js';

/** Registrars look at the directory's nodes whenever they are told of a change, and see for themselves what it means. */
const NO_ADDRESS: readonly string[] = [];

/** The Kamailios that may be commanded: Postgres first, then memory, then the bindings that they should hold. */
export class Nodes {
  readonly #pool: pg.Pool;
  readonly #directory: Directory;
  readonly #registrars: Pick<Registrars, 'changed' | 'started'>;
  readonly #writers = new OneAtATime();

  constructor(deps: {
    pool: pg.Pool;
    directory: Directory;
    registrars: Pick<Registrars, 'changed' | 'started'>;
  }) {
    this.#pool = deps.pool;
    this.#directory = deps.directory;
    this.#registrars = deps.registrars;
  }

  all(): Node[] {
    return this.#directory.nodes();
  }

  find(name: string): Node {
    const node = this.#directory.node(name);
    if (!node) throw new Problem('not_found', `No node is called ${name}`);
    return node;
  }

  /** Whether it is new. */
  put(node: Node): Promise<boolean> {
    return this.#writers.run(node.node, async () => {
      await saveNode(this.#pool, node);
      const before = this.#directory.node(node.node);
      this.#directory.putNode(node);
      this.#registrars.changed(NO_ADDRESS);
      return before === undefined;
    });
  }

  remove(name: string): Promise<void> {
    return this.#writers.run(name, async () => {
      this.find(name);
      await deleteNode(this.#pool, name);
      this.#directory.removeNode(name);
      this.#registrars.changed(NO_ADDRESS);
    });
  }

  /** Whether it is known, and so is brought up to date. */
  started(name: string): boolean {
    if (!this.#directory.node(name)) return false;
    this.#registrars.started(name);
    return true;
  }
}

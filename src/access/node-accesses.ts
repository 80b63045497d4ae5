import { Access } from './access.js';

/** What nodes may do by their certificates: each one signalling, for itself. */
export class NodeAccesses {
  readonly #isNode: (name: string) => boolean;
  readonly #known = new Map<string, Access>();

  constructor(isNode: (name: string) => boolean) {
    this.#isNode = isNode;
  }

  /** Undefined: no such node is known (any more). */
  of(name: string): Access | undefined {
    if (!this.#isNode(name)) return undefined;
    let access = this.#known.get(name);
    if (!access) {
      const who = `node ${name}`;
      access = new Access({ who, scopes: ['signalling'], contactCenters: null, node: name, counted: who });
      this.#known.set(name, access);
    }
    return access;
  }
}

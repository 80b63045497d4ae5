import type { Scope } from './api-key.js';

export interface Grants {
  /** For the history: `key deploy`, `node reg1`; null: whoever may reach the port. */
  readonly who: string | null;
  readonly scopes: Iterable<Scope>;
  /** Domains; null: all of them. */
  readonly contactCenters: Iterable<string> | null;
  /** The node that it is, by its certificate; null: none in particular. */
  readonly node: string | null;
  /** By which its requests are counted. */
  readonly counted: string;
}

/** What whoever sends a request may do. Made once for each key, not for each request. */
export class Access {
  readonly who: string | null;
  readonly node: string | null;
  readonly counted: string;
  /** null: of all contact centers. */
  readonly domains: readonly string[] | null;
  readonly #scopes: ReadonlySet<Scope>;
  readonly #covered: ReadonlySet<string> | null;

  constructor({ who, scopes, contactCenters, node, counted }: Grants) {
    this.who = who;
    this.node = node;
    this.counted = counted;
    this.#scopes = new Set(scopes);
    this.domains = contactCenters && [...contactCenters];
    this.#covered = this.domains && new Set(this.domains);
  }

  may(scope: Scope): boolean {
    return this.#scopes.has(scope) || (scope === 'read' && this.#scopes.has('admin'));
  }

  /** Whether that domain's contact center is one of its, provisioned or not. */
  covers(domain: string): boolean {
    return this.#covered === null || this.#covered.has(domain);
  }

  /** Whether it may see and do nothing that another access, limited to these domains, may not. */
  coversAll(domains: readonly string[] | null): boolean {
    return this.#covered === null || (domains?.every((domain) => this.covers(domain)) ?? false);
  }
}

/** While there is no key: whoever reaches the port. */
export const EVERYBODY = new Access({
  ...{ who: null, scopes: ['signalling', 'read', 'admin'], contactCenters: null },
  ...{ node: null, counted: 'everybody' },
});

/** Who has not said who they are, and need not. */
export const ANYBODY = new Access({
  ...{ who: null, scopes: [], contactCenters: [], node: null, counted: 'anybody' },
});

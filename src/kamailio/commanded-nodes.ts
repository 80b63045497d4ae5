import type { Node } from '../directory/endpoint.js';

interface Commander {
  close(): Promise<void>;
}

interface Commanded<T> {
  readonly url: string;
  readonly commander: T;
}

/** One commander for each node that is a registrar and says where it takes commands, for as long as it says so. */
export class CommandedNodes<T extends Commander> {
  readonly #make: (node: string, url: string) => T;
  readonly #commanded = new Map<string, Commanded<T>>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(make: (node: string, url: string) => T) {
    this.#make = make;
  }

  /** The nodes as they are known now. Returns the commanders that are new. */
  follow(nodes: readonly Node[]): T[] {
    const registrars = nodes.filter(isRegistrar);
    const urls = new Map(
      registrars.flatMap(({ node, rpc_url }) => (rpc_url === null ? [] : [[node, rpc_url]])),
    );
    for (const [node, { url, commander }] of this.#commanded) {
      if (urls.get(node) === url) continue;
      this.#commanded.delete(node);
      this.#leave(commander);
    }
    return [...urls].flatMap(([node, url]) => {
      if (this.#commanded.has(node)) return [];
      const commander = this.#make(node, url);
      this.#commanded.set(node, { url, commander });
      return [commander];
    });
  }

  get(node: string): T | undefined {
    return this.#commanded.get(node)?.commander;
  }

  byNode(): ReadonlyMap<string, T> {
    return new Map([...this.#commanded].map(([node, { commander }]) => [node, commander]));
  }

  all(): T[] {
    return [...this.#commanded.values()].map(({ commander }) => commander);
  }

  urls(): string[] {
    return [...this.#commanded.values()].map(({ url }) => url);
  }

  leaveAll(): void {
    for (const { commander } of this.#commanded.values()) this.#leave(commander);
    this.#commanded.clear();
  }

  /** Leaves all, and waits until every commander is closed. */
  async close(): Promise<void> {
    this.leaveAll();
    await Promise.all(this.#leaving);
  }

  #leave(commander: T): void {
    const left = commander.close().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }
}

export function isRegistrar({ role }: Node): boolean {
  return role === 'registrar';
}

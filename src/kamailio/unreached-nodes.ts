/** Which nodes can't be reached where they are said to take commands: learned from whatever they are asked, of a registrar every 5 s. */
import type { Directory } from '../directory/directory.js';
import { reasonOf } from '../store/reason-of.js';
import { isRegistrar } from './commanded-nodes.js';
import { type Rpc, RpcFault } from './json-rpc.js';

export class UnreachedNodes {
  readonly #directory: Pick<Directory, 'nodes'>;
  readonly #rpc: Rpc;
  /** What the last question ended with, by URL. */
  readonly #reasons = new Map<string, string>();

  constructor(directory: Pick<Directory, 'nodes'>, rpc: Rpc) {
    this.#directory = directory;
    this.#rpc = rpc;
  }

  /** Asks, and remembers whether that can be done. */
  readonly rpc: Rpc = async (url, method, params) => {
    try {
      const result = await this.#rpc(url, method, params);
      this.#reasons.delete(url);
      return result;
    } catch (error) {
      if (error instanceof RpcFault) this.#reasons.delete(url);
      else this.#reasons.set(url, reasonOf(error));
      throw error;
    }
  };

  /** Why, by node. */
  reasons(): ReadonlyMap<string, string> {
    const nodes = this.#directory.nodes().filter(isRegistrar);
    const urls = new Set(nodes.map(({ rpc_url }) => rpc_url));
    for (const url of this.#reasons.keys()) if (!urls.has(url)) this.#reasons.delete(url);
    return new Map(
      nodes.flatMap(({ node, rpc_url }) => {
        const reason = rpc_url === null ? undefined : this.#reasons.get(rpc_url);
        return reason === undefined ? [] : [[node, reason]];
      }),
    );
  }
}

/** Has every registrar that may be commanded probe every location and treatment (OPTIONS, by Kamailio's module dispatcher). */
import type { Directory } from '../directory/directory.js';
import { placesOf } from '../directory/place-uri.js';
import { DispatcherNode } from './dispatcher-node.js';
import { jsonRpc, type Rpc } from './json-rpc.js';
import type { Log } from './log.js';

export interface DispatchersDeps {
  readonly directory: Directory;
  readonly log: Log;
  readonly commands: () => boolean;
  /** A node says whether a place has answered its last probe. */
  readonly heard: (node: string, place: string, answered: boolean) => void;
  readonly rpc?: Rpc;
}

interface Commanded {
  readonly url: string;
  readonly dispatcher: DispatcherNode;
}

export class Dispatchers {
  readonly #deps: DispatchersDeps;
  readonly #commanded = new Map<string, Commanded>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(deps: DispatchersDeps) {
    this.#deps = deps;
  }

  /** Once the directory is loaded, and whenever contact centers or nodes have changed. */
  changed(): void {
    this.#follow();
    for (const { dispatcher } of this.#commanded.values()) dispatcher.changed();
  }

  /** A node was started, or what is known of it has changed. */
  started(node: string): void {
    this.#follow();
    this.#commanded.get(node)?.dispatcher.started();
  }

  async close(): Promise<void> {
    for (const { dispatcher } of this.#commanded.values()) this.#leave(dispatcher);
    this.#commanded.clear();
    await Promise.all(this.#leaving);
  }

  /** One DispatcherNode for each node that is a registrar and says where it takes commands. */
  #follow(): void {
    const nodes = this.#deps.directory.nodes().filter(({ role }) => role === 'registrar');
    const urls = new Map(nodes.flatMap(({ node, rpc_url }) => (rpc_url === null ? [] : [[node, rpc_url]])));
    for (const [node, { url, dispatcher }] of this.#commanded) {
      if (urls.get(node) === url) continue;
      this.#commanded.delete(node);
      this.#leave(dispatcher);
    }
    for (const [node, url] of urls) {
      if (this.#commanded.has(node)) continue;
      this.#commanded.set(node, { url, dispatcher: this.#newDispatcher(node, url) });
    }
  }

  #newDispatcher(node: string, url: string): DispatcherNode {
    const { rpc = jsonRpc, log, commands, heard } = this.#deps;
    return new DispatcherNode({
      node,
      call: (method, params) => rpc(url, method, params),
      log,
      wanted: () => this.#places(),
      commands,
      heard: (place, answered) => heard(node, place, answered),
    });
  }

  #places(): ReadonlySet<string> {
    return new Set(this.#deps.directory.contactCenters().flatMap((center) => [...placesOf(center).keys()]));
  }

  #leave(dispatcher: DispatcherNode): void {
    const left = dispatcher.close().finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }
}

/** Has every registrar that may be commanded probe every location and treatment (OPTIONS, by Kamailio's module dispatcher). */
import type { Directory } from '../directory/directory.js';
import { placesOf } from '../directory/place-uri.js';
import { CommandedNodes } from './commanded-nodes.js';
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

export class Dispatchers {
  readonly #deps: DispatchersDeps;
  readonly #commanded = new CommandedNodes((node, url) => this.#newDispatcher(node, url));

  constructor(deps: DispatchersDeps) {
    this.#deps = deps;
  }

  /** Once the directory is loaded, and whenever contact centers or nodes have changed. */
  changed(): void {
    this.#follow();
    for (const dispatcher of this.#commanded.all()) dispatcher.changed();
  }

  /** A node was started, or what is known of it has changed. */
  started(node: string): void {
    this.#follow();
    this.#commanded.get(node)?.started();
  }

  /** How often each node had refused something, by kind, when it was last asked. */
  refused(): { node: string; kind: string; times: number }[] {
    return [...this.#commanded.byNode()].flatMap(([node, { refused }]) =>
      [...refused].map(([kind, times]) => ({ node, kind, times })),
    );
  }

  async close(): Promise<void> {
    await this.#commanded.close();
  }

  #follow(): void {
    this.#commanded.follow(this.#deps.directory.nodes());
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
}

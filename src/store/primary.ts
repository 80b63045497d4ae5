/**
 * Which server of DATABASE_URL the connections go to: the one that takes writes.
 *
 * Unknown at first, and after every doubt (a connection that can't be made or breaks, a statement that gets no answer or is
 * refused because the server is read-only). Then all are asked at once; of several that take writes it is the one on the
 * newest timeline, else the first in the order of DATABASE_URL. From then on known. When it is another one than before,
 * the connections to the old one are broken off: it may be a stale primary that still takes writes. For the same reason it
 * is never one on an older timeline than has been used before.
 *
 * A single server is always known.
 */
import pg from 'pg';
import { askServer, type ServerRole } from './ask-server.js';
import { breakOff } from './disconnect.js';
import type { Log } from './log.js';
import { reasonOf } from './reason-of.js';
import { isUnavailable } from './translate-error.js';
import { Unavailable } from './unavailable.js';

/** A server that takes longer to say what it is isn't the one to go to. */
const ASKED_FOR_MS = 1_500;

export interface Server {
  readonly config: pg.ClientConfig;
  readonly host: string;
  readonly port: number;
}

export class Primary {
  readonly #servers: readonly Server[];
  readonly #log: Log;
  readonly #listeners: (() => void)[] = [];
  readonly #connections = new Map<pg.ClientBase, Server>();
  #known: Server | undefined;
  #last: Server | undefined;
  #finding: Promise<Server> | undefined;
  #timeline = 0;

  /** Throws where a URL can't be used at all, such as for a certificate file that isn't there. */
  constructor(configs: readonly pg.ClientConfig[], log: Log) {
    this.#servers = configs.map((config) => {
      const { host, port } = new pg.Client(config);
      return { config, host, port };
    });
    this.#log = log;
    if (this.#servers.length === 1) this.#known = this.#servers[0];
  }

  get several(): boolean {
    return this.#servers.length > 1;
  }

  /** Where it may be, for people. */
  get names(): string {
    return this.#servers.map(nameOf).join(' or ');
  }

  /** Told when another server than before takes the writes: it may lack the last of them. */
  follow(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Fails with Unavailable when none takes writes now, or with what a server says that won't ever let us in. */
  find(): Promise<Server> {
    if (this.#known) return Promise.resolve(this.#known);
    this.#finding ??= this.#ask().finally(() => {
      this.#finding = undefined;
    });
    return this.#finding;
  }

  /** Something went wrong with this server: it may not be the one any more. */
  doubt(server: Server | undefined = this.#known): void {
    if (!this.several || this.#known !== server) return;
    this.#known = undefined;
    // At once, since whoever waits for an answer of the old one goes on waiting until it is known that there is another.
    this.find().catch(() => {});
  }

  connected(client: pg.ClientBase, server: Server): void {
    this.#connections.set(client, server);
    client.once('end', () => this.#connections.delete(client));
    // One that was made while the server changed.
    if (this.#last && this.#last !== server && this.several) breakOff(client);
  }

  /** The server of a connection says that it is read-only: none of the connections to it is of use. */
  breakOffAll(client: pg.ClientBase): void {
    const server = this.#connections.get(client);
    this.doubt(server);
    for (const [other, at] of this.#connections) if (at === server) breakOff(other);
  }

  async #ask(): Promise<Server> {
    const asked = await Promise.all(
      this.#servers.map((server) =>
        askServer(server.config, ASKED_FOR_MS).then(
          (role) => ({ server, role }),
          (error: unknown) => ({ server, error }),
        ),
      ),
    );
    const [best] = asked
      .flatMap((one) => ('role' in one && one.role.takesWrites ? [one] : []))
      .sort((a, b) => b.role.timeline - a.role.timeline);
    if (best && best.role.timeline >= this.#timeline) return this.#take(best.server, best.role);
    for (const one of asked) if ('error' in one && !isUnavailable(one.error)) throw one.error;
    const words = asked.map((one) => `${nameOf(one.server)} ${this.#whyNot(one)}`);
    throw new Unavailable(`No server takes writes: ${words.join('; ')}`);
  }

  #whyNot(asked: { readonly role: ServerRole } | { readonly error: unknown }): string {
    if ('error' in asked) return reasonOf(asked.error);
    if (!asked.role.takesWrites) return 'is read-only';
    return `is on timeline ${asked.role.timeline}, and ${this.#timeline} has been used: it was left behind`;
  }

  #take(server: Server, { timeline }: ServerRole): Server {
    const before = this.#last;
    this.#timeline = timeline;
    this.#known = server;
    this.#last = server;
    if (before === server) return server;
    this.#log.info({ timeline }, `Postgres at ${nameOf(server)} takes the writes`);
    if (before === undefined) return server;
    for (const [client, at] of this.#connections) if (at !== server) breakOff(client);
    for (const listener of this.#listeners) listener();
    return server;
  }
}

function nameOf({ host, port }: Server): string {
  return `${host}:${port}`;
}

import type { Socket } from 'node:net';
import { setTimeout as later, setImmediate as nextTurn } from 'node:timers/promises';

/** Without a turn of the event loop for so long: a routing script waits 300 ms for its answer. */
const STALLED_MS = 200;
const LOOK_EVERY_MS = 50;
/** What has waited meanwhile is read within that time … */
const LASTS_MS = 1_000;
/** … and the end of its connection within this. */
const END_MS = 10;

/**
 * Whether this process has just had no time for long (it was frozen, or its machine was). Then requests are read that their senders
 * have given up, one after the other, each with the end of its connection behind it: to answer them would do no good, and to
 * keep agents free for their calls would do harm.
 */
export class Stall {
  readonly #timer: NodeJS.Timeout;
  #looked = performance.now();
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor() {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** Whether whoever has asked by this connection is gone. It takes no time but after a stall. */
  async hasGivenUp(socket: Socket): Promise<boolean> {
    this.#look();
    if (performance.now() - this.#endedAt > LASTS_MS) return false;
    await later(END_MS);
    // A turn of the event loop looks at timers before it reads sockets: the end may have come, and not be read yet.
    await nextTurn();
    return socket.destroyed || socket.readableEnded;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#looked > STALLED_MS) this.#endedAt = now;
    this.#looked = now;
  }
}

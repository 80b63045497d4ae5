import { randomUUID } from 'node:crypto';
import type { RedisUrl } from '../redis-url.js';
import { backOff } from '../store/back-off.js';
import { inTime } from '../store/in-time.js';
import type { Log } from '../store/log.js';
import { decode, type Entry, encode } from './entry.js';
import { openRedis, type RedisConnection } from './open-redis.js';
import type { LogReader, SharedLog } from './shared-log.js';
import { Unsent } from './unsent.js';

/** So many entries the stream keeps: at 50 calls a second those of three minutes, 40 MB. */
const KEPT = 50_000;
const AT_ONCE = 500;
/** Who asks for news waits so long for them; then it asks again, and so knows that Redis is there. */
const BLOCK_MS = 500;
/** A Redis that takes so long longer doesn't answer at all. */
const ANSWER_MS = 1_000;
const USUAL_MS = 100;
const LASTING_MS = 5_000;
const BEGINNING = '0-0';

/** One entry of the stream, and whose it is. */
interface Position {
  readonly id: string;
  readonly entry: string;
}

/**
 * The log as one stream of Redis.
 *
 * Away: no connection; what is published is kept if it has a key, else lost. It tries to connect, with pauses of 0.2 s up to 5 s.
 * Catching up: what was published meanwhile is read. Following: new entries are read as they come, on a connection of its own,
 * and what is published is sent. Anything that fails, or isn't answered in time, makes it away, and both connections are
 * given up: connected again, it looks whether the stream still has the entry that was read last. If not (Redis came back
 * empty, or as a replica that had not got everything), the whole stream is read, without what was read before.
 */
export class RedisLog implements SharedLog {
  readonly usualMs: number;
  readonly #url: RedisUrl;
  readonly #log: Log;
  readonly #from = randomUUID();
  readonly #unsent = new Unsent();
  /** Sent, but not yet read; by number. */
  readonly #onTheirWay = new Map<number, { readonly entry: Entry; readonly at: number }>();
  /** The highest number that was read of each writer. */
  readonly #read = new Map<string, number>();
  readonly #stopping = new AbortController();
  #key = '';
  #reader: LogReader = { read: () => {}, joined: () => {} };
  #last: Position | undefined;
  #number = 0;
  /** Of what was sent last; Redis takes one after the other. */
  #taken: Promise<unknown> = Promise.resolve();
  #writer: RedisConnection | undefined;
  #connections: RedisConnection[] = [];
  #running: Promise<void> = Promise.resolve();
  #begun = false;
  #missed = true;
  #isAway = false;

  constructor({ url, log, usualMs = USUAL_MS }: { url: RedisUrl; log: Log; usualMs?: number }) {
    this.usualMs = usualMs;
    this.#url = url;
    this.#log = log;
  }

  get connected(): boolean {
    return this.#writer !== undefined;
  }

  async start(name: string, reader: LogReader): Promise<void> {
    // One slot of a Cluster.
    this.#key = `understudy:{${name}}:log`;
    this.#reader = reader;
    await new Promise<void>((tried) => {
      this.#running = this.#run(tried);
    });
  }

  publish(entry: Entry): boolean {
    if (!this.#writer) {
      this.#unsent.keep(entry);
      return false;
    }
    this.#send(this.#writer, entry);
    return true;
  }

  async taken(): Promise<void> {
    if (this.#writer) await inTime(this.#taken, this.usualMs).catch(() => {});
  }

  async check(): Promise<void> {
    if (!this.connected) throw new Error('Redis is away: this instance goes on by its own memory');
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#disconnect();
    await this.#running;
  }

  async #run(tried: () => void): Promise<void> {
    const { signal } = this.#stopping;
    let since = Number.POSITIVE_INFINITY;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        const reader = await this.#connect();
        await this.#catchUp(reader);
        await this.#join();
        since = performance.now();
        tried();
        while (!signal.aborted) {
          await this.#readNext(reader, BLOCK_MS);
          this.#checkOwn();
        }
      } catch (error) {
        if (!signal.aborted) this.#away(error);
      }
      this.#disconnect();
      tried();
      // One that takes nothing for long, such as a Redis without memory, is as good as away.
      if (performance.now() - since > LASTING_MS) failures = 0;
      since = Number.POSITIVE_INFINITY;
      await backOff(Math.max(1, failures), signal);
    }
  }

  async #connect(): Promise<RedisConnection> {
    for (const _ of ['reader', 'writer']) {
      this.#connections.push(await openRedis(this.#url));
      if (this.#stopping.signal.aborted) throw new Error('told to stop');
    }
    return this.#connections[0] as RedisConnection;
  }

  #disconnect(): void {
    this.#writer = undefined;
    for (const connection of this.#connections) connection.destroy();
    this.#connections = [];
    // Whether these have got there nobody knows. To say them twice does no harm.
    for (const { entry } of this.#onTheirWay.values()) this.#unsent.keep(entry);
    this.#onTheirWay.clear();
  }

  async #catchUp(reader: RedisConnection): Promise<void> {
    if (this.#last && !(await this.#stillHas(reader, this.#last))) {
      this.#last = undefined;
      this.#log.info('the shared log is another than before, and is read from its beginning');
    }
    this.#missed = this.#last === undefined;
    while (await this.#readNext(reader, undefined));
  }

  async #stillHas(reader: RedisConnection, { id, entry }: Position): Promise<boolean> {
    const found = (await inTime(reader.xRange(this.#key, id, id), ANSWER_MS))?.[0];
    return found !== undefined && JSON.stringify({ ...found.message }) === entry;
  }

  async #join(): Promise<void> {
    const [, writer] = this.#connections;
    if (!writer) throw new Error('told to stop');
    for (const entry of this.#unsent.take()) this.#send(writer, entry);
    this.#writer = writer;
    if (this.#isAway) this.#log.info('the shared log is followed again');
    this.#isAway = false;
    this.#begun = true;
    this.#reader.joined({ missed: this.#missed });
  }

  /** Whether there was anything to read; `block` undefined: what is there now. */
  async #readNext(reader: RedisConnection, block: number | undefined): Promise<boolean> {
    const options = { COUNT: AT_ONCE, ...(block !== undefined && { BLOCK: block }) };
    const from = { key: this.#key, id: this.#last?.id ?? BEGINNING };
    const streams = await inTime(reader.xRead([from], options), (block ?? 0) + ANSWER_MS);
    const messages: readonly { id: string; message: Record<string, string> }[] = streams?.[0]?.messages ?? [];
    for (const { id, message } of messages) this.#readOne(id, message);
    const last = messages.at(-1);
    if (last) this.#last = { id: last.id, entry: JSON.stringify({ ...last.message }) };
    return messages.length > 0;
  }

  #readOne(id: string, message: Record<string, string>): void {
    const decoded = decode(message);
    if (decoded.is === 'malformed') {
      this.#log.warn({ id, why: decoded.why }, 'an entry of the shared log is malformed and is left out');
    }
    if (decoded.is !== 'entry') return;
    const { from, number, entry } = decoded;
    const own = from === this.#from;
    if (own) this.#onTheirWay.delete(number);
    // It was read before the stream was another.
    if (number <= (this.#read.get(from) ?? 0)) return;
    this.#read.set(from, number);
    try {
      this.#reader.read(entry, { own, past: !this.#begun });
    } catch (error) {
      this.#log.error({ err: error, id, kind: entry.kind }, 'an entry of the shared log is left out');
    }
  }

  #send(writer: RedisConnection, entry: Entry): void {
    this.#number += 1;
    this.#onTheirWay.set(this.#number, { entry, at: performance.now() });
    const TRIM = { strategy: 'MAXLEN', strategyModifier: '~', threshold: KEPT } as const;
    const sent = writer.xAdd(this.#key, '*', encode(entry, this.#from, this.#number), { TRIM });
    this.#taken = sent.catch((error) => {
      // The reading ends as well, and then it is away.
      if (this.#connections.includes(writer)) {
        this.#away(error);
        this.#disconnect();
      }
    });
  }

  /** What was sent comes back at once, or Redis takes nothing. */
  #checkOwn(): void {
    const [oldest] = this.#onTheirWay.values();
    if (oldest && performance.now() - oldest.at > BLOCK_MS + ANSWER_MS)
      throw new Error('what was sent does not come back');
  }

  #away(error: unknown): void {
    if (!this.#isAway && !this.#stopping.signal.aborted) {
      this.#log.warn({ err: error }, 'the shared log is away: this instance goes on by its own memory');
    }
    this.#isAway = true;
  }
}

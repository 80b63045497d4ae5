import { backOff } from './back-off.js';
import type { Log } from './log.js';
import { OutageLog } from './outage-log.js';
import type { RowCounts } from './row-counts.js';
import { SQLSTATE_CLASS, sqlstateOf } from './sqlstate.js';

/** A row, and the place in the order of puts from which its key is waiting to be written. */
interface Dirty<V> {
  readonly place: number;
  readonly value: V;
}

interface Waiter {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

/** So soon it is noticed that Postgres is back. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * Writes rows to Postgres in groups: everything put while one write is on its way shares the next, so a burst of
 * REGISTERs costs a few commits, and a lone one waits for nobody.
 *
 * Idle until a put; then writing, one write at a time, until no row is dirty; after a failed write it pauses (0.2 s,
 * doubling to 1 s) and goes on with the same rows and the newer ones. close() ends a pause at once, writes what is left, and
 * gives up at the first failure. It is failing from a write that fails, or that somebody could not wait for, to the next
 * that succeeds. Rows are written in the order in which their keys became dirty, so one number tells what is
 * committed.
 *
 * A write that fails because of a row itself (SQLSTATE class 22 or 23) would fail for ever and take everyone else's rows with
 * it; so the group is halved until that row stands alone, and it is dropped with an error in the log.
 */
export class GroupCommit<K, V> implements RowCounts {
  readonly #write: (rows: Map<K, V>) => Promise<void>;
  readonly #log: Log;
  readonly #outages: OutageLog;
  readonly #table: string;
  readonly #maxRows: number;
  readonly #places: number;
  readonly #refused: (key: K, value: V) => void;
  readonly #closing = new AbortController();
  readonly #waiters = new Map<number, Waiter>();
  #dirty = new Map<K, Dirty<V>>();
  #lastPlace = 0;
  #committedPlace = 0;
  #running: Promise<void> | undefined;
  #onTheirWay = 0;
  #failures = 0;
  #late = false;
  #dropped = 0;

  constructor(options: {
    table: string;
    write(rows: Map<K, V>): Promise<void>;
    log: Log;
    maxRows: number;
    /** For so many keys there is room while Postgres is away; see `hasRoomFor`. */
    places?: number;
    /** Told of a row that is dropped since Postgres refuses it. */
    refused?(key: K, value: V): void;
  }) {
    this.#write = options.write;
    this.#table = options.table;
    this.#log = options.log;
    this.#outages = new OutageLog(options.log);
    this.#maxRows = options.maxRows;
    this.#places = options.places ?? Number.POSITIVE_INFINITY;
    this.#refused = options.refused ?? (() => {});
  }

  get waiting(): number {
    return this.#dirty.size + this.#onTheirWay;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get failing(): boolean {
    return this.#failures > 0 || this.#late;
  }

  /** Whether these can be put without more rows waiting than there is room for; put() itself takes everything. */
  hasRoomFor(keys: readonly K[]): boolean {
    const room = this.#places - this.waiting;
    return keys.length <= room || keys.filter((key) => !this.#dirty.has(key)).length <= room;
  }

  put(key: K, value: V): void {
    if (this.#closing.signal.aborted) throw new Error('A row was put after close()');
    const place = this.#dirty.get(key)?.place ?? ++this.#lastPlace;
    this.#dirty.set(key, { place, value });
    this.#running ??= this.#run();
  }

  /**
   * Resolves when everything put before is in Postgres. Rejects with Postgres's error when the write that it waits for
   * fails; the rows stay and are tried again (but for one that Postgres refuses, which is dropped).
   */
  committed(): Promise<void> {
    if (this.#committedPlace === this.#lastPlace) return Promise.resolve();
    const known = this.#waiters.get(this.#lastPlace);
    if (known) return known.promise;
    const waiter = newWaiter();
    this.#waiters.set(this.#lastPlace, waiter);
    return waiter.promise;
  }

  /**
   * Whether everything put before is in Postgres: asked for `limitMs` at most, and not at all while it is failing. The rows
   * stay and are written later. Rejects when Postgres refuses a row.
   */
  async stored(limitMs: number): Promise<boolean> {
    if (this.#committedPlace === this.#lastPlace) return true;
    if (this.failing) return false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => {
        this.#late = true;
        resolve(false);
      }, limitMs);
    });
    const committed = this.committed().then(
      () => true,
      (error: unknown) => {
        if (isRowsFault(error)) throw error;
        return false;
      },
    );
    return Promise.race([committed, late]).finally(() => clearTimeout(timer));
  }

  /** The last write. Rows that Postgres does not take now are lost, and the log says how many. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let limit = this.#maxRows;
    // One turn of the event loop, so that requests that arrived together share their first write already.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#dirty.size > 0) {
      const rows = this.#take(limit);
      const asked = this.#lastPlace;
      this.#onTheirWay = rows.size;
      try {
        await this.#write(new Map([...rows].map(([key, row]) => [key, row.value])));
        this.#onTheirWay = 0;
        this.#settle();
        this.#succeeded(rows.size);
        limit = this.#maxRows;
      } catch (error) {
        this.#onTheirWay = 0;
        if (!isRowsFault(error)) {
          this.#failures += 1;
          this.#putBack(rows);
          this.#tell(error);
          this.#fail(asked, error);
          if (this.#closing.signal.aborted) return this.#giveUp(error);
          await backOff(this.#failures, this.#closing.signal, LONGEST_PAUSE_MS);
        } else if (rows.size > 1) {
          limit = Math.ceil(rows.size / 2);
          this.#putBack(rows);
        } else {
          const [key] = rows.keys();
          this.#log.error({ err: error, table: this.#table, key }, 'a row was dropped: Postgres refuses it');
          this.#dropped += 1;
          this.#succeeded(0);
          for (const [key, { value }] of rows) this.#refused(key, value);
          this.#fail(asked, error);
          this.#settle();
          limit = this.#maxRows;
        }
      }
    }
    this.#running = undefined;
  }

  #succeeded(rows: number): void {
    this.#failures = 0;
    this.#late = false;
    this.#outages.over('rows are written again', { table: this.#table, rows });
  }

  #tell(error: unknown): void {
    const details = { err: error, table: this.#table, rows: this.#dirty.size, failures: this.#failures };
    this.#outages.failed('error', 'rows could not be written', details);
  }

  #take(limit: number): Map<K, Dirty<V>> {
    const rows = new Map<K, Dirty<V>>();
    for (const [key, row] of this.#dirty) {
      if (rows.size === limit) break;
      rows.set(key, row);
    }
    for (const key of rows.keys()) this.#dirty.delete(key);
    return rows;
  }

  /** In front of what was put since, but with the newer value where a key was put again. */
  #putBack(rows: Map<K, Dirty<V>>): void {
    const newer = this.#dirty;
    this.#dirty = rows;
    for (const [key, row] of newer)
      rows.set(key, { place: rows.get(key)?.place ?? row.place, value: row.value });
  }

  /** Everything in front of the first row that is still dirty is committed. */
  #settle(): void {
    const [first] = this.#dirty.values();
    this.#committedPlace = first ? first.place - 1 : this.#lastPlace;
    for (const [asked, waiter] of this.#waiters) {
      if (asked > this.#committedPlace) break;
      this.#waiters.delete(asked);
      waiter.resolve();
    }
  }

  #fail(upTo: number, error: unknown): void {
    for (const [asked, waiter] of this.#waiters) {
      if (asked > upTo) break;
      this.#waiters.delete(asked);
      waiter.reject(error);
    }
  }

  #giveUp(error: unknown): void {
    this.#log.error(
      { table: this.#table, rows: this.#dirty.size },
      'rows are lost: the database did not take them before the stop',
    );
    this.#dropped += this.#dirty.size;
    this.#dirty.clear();
    this.#fail(this.#lastPlace, error);
    this.#committedPlace = this.#lastPlace;
  }
}

function isRowsFault(error: unknown): boolean {
  const sqlstateClass = sqlstateOf(error)?.slice(0, 2);
  return (
    sqlstateClass === SQLSTATE_CLASS.dataException ||
    sqlstateClass === SQLSTATE_CLASS.integrityConstraintViolation
  );
}

function newWaiter(): Waiter {
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((whenResolved, whenRejected) => {
    resolve = whenResolved;
    reject = whenRejected;
  });
  return { promise, resolve, reject };
}

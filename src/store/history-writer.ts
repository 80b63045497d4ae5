import { GroupCommit } from './group-commit.js';
import type { Log } from './log.js';
import type { RowCounts } from './row-counts.js';

/** While Postgres is away so many rows of one table wait; a quarter of an hour of 50 calls a second. */
export const MAX_WAITING = 50_000;
/** One statement's worth: larger ones gain nothing and hold up others on an embedded Postgres. */
const BATCH_ROWS = 1_000;
/**
 * So long rows gather, unless somebody asks for them. Written as they come, 50 calls a second make 200 commits a second,
 * with which the REGISTERs' commits share the disk; this way they make 17.
 */
const GATHER_MS = 100;
/** Rows that somebody waits for are handed over at once, but no more often than this: some tens of commits a second, however many wait. */
const WAITED_FOR_MS = 20;

/**
 * Writes rows of history in batches, off the hot path. The rows wait in a ring of `MAX_WAITING` places: once it is
 * full every new row takes the place of the oldest. How many were dropped is said in one log line when rows are
 * written again, or at the end.
 */
export class HistoryWriter<V> implements RowCounts {
  readonly #waiting = new Map<number, V>();
  /** The places of rows that are not yet handed over to be written. */
  readonly #gathered = new Set<number>();
  #gathering: NodeJS.Timeout | undefined;
  /** Until the gathered rows that somebody waits for are handed over. */
  #handedOver: Promise<void> | undefined;
  /** When that was last so, as performance.now() tells it. */
  #handedOverAt = Number.NEGATIVE_INFINITY;
  readonly #commit: GroupCommit<number, V>;
  readonly #log: Log;
  readonly #table: string;
  readonly #places: number;
  #next = 0;
  /** Since the last line in the log about them. */
  #untold = 0;
  #dropped = 0;
  #closed = false;

  constructor(options: {
    table: string;
    save(rows: readonly V[]): Promise<void>;
    log: Log;
    places?: number;
  }) {
    this.#log = options.log;
    this.#table = options.table;
    this.#places = options.places ?? MAX_WAITING;
    this.#commit = new GroupCommit({
      table: options.table,
      write: async (rows) => {
        await options.save([...rows.values()]);
        this.#written(rows);
      },
      log: options.log,
      maxRows: BATCH_ROWS,
      refused: (place, row) => {
        this.#dropped += 1;
        if (this.#waiting.get(place) === row) this.#waiting.delete(place);
      },
    });
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get failing(): boolean {
    return this.#commit.failing;
  }

  put(row: V): void {
    // A call that comes while the service stops is answered all the same; only its history is lost.
    if (this.#closed) {
      this.#drop();
      this.#tellDropped();
      return;
    }
    const place = this.#next;
    this.#next = (place + 1) % this.#places;
    if (this.#waiting.has(place)) this.#drop();
    this.#waiting.set(place, row);
    this.#gathered.add(place);
    this.#gathering ??= setTimeout(() => this.#handOver(), GATHER_MS).unref();
  }

  /** Resolves when everything put before is in Postgres. */
  committed(): Promise<void> {
    this.#handOver();
    return this.#commit.committed();
  }

  /**
   * Whether everything put before is in Postgres, but for rows that it refuses: asked for `limitMs` at most, and not at all while it is
   * failing; rows that wait are written later. Whoever asks shares one commit with all that ask meanwhile.
   */
  async stored(limitMs: number): Promise<boolean> {
    const end = performance.now() + limitMs;
    if (this.#gathered.size > 0 && !this.failing) await this.#soonHandedOver();
    else this.#handOver();
    // A row that Postgres refuses is dropped; who waits for others waits on, and nobody is to bring it again.
    for (let left = limitMs; left > 0; left = end - performance.now()) {
      const stored = await this.#commit.stored(left).catch(() => undefined);
      if (stored !== undefined) return stored;
    }
    return false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#handOver();
    await this.#commit.close();
    this.#tellDropped();
  }

  #soonHandedOver(): Promise<void> {
    this.#handedOver ??= new Promise((resolve) => {
      setTimeout(
        () => {
          this.#handedOver = undefined;
          this.#handedOverAt = performance.now();
          this.#handOver();
          resolve();
        },
        this.#handedOverAt + WAITED_FOR_MS - performance.now(),
      );
    });
    return this.#handedOver;
  }

  #handOver(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    for (const place of this.#gathered) {
      const row = this.#waiting.get(place);
      if (row !== undefined) this.#commit.put(place, row);
    }
    this.#gathered.clear();
  }

  #written(rows: ReadonlyMap<number, V>): void {
    for (const [place, row] of rows) {
      // A newer row may have come to this place while the older one was on its way.
      if (this.#waiting.get(place) === row) this.#waiting.delete(place);
    }
    this.#tellDropped();
  }

  #drop(): void {
    this.#untold += 1;
    this.#dropped += 1;
  }

  #tellDropped(): void {
    if (this.#untold === 0) return;
    this.#log.error(
      { table: this.#table, rows: this.#untold },
      'history was dropped: Postgres did not take it in time',
    );
    this.#untold = 0;
  }
}

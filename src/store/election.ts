import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { backOff } from './back-off.js';
import { disconnect } from './disconnect.js';
import type { Log } from './log.js';

/** Who wants to be the only one of all instances on this database. */
export interface Candidate {
  /** Whether it hears what the other instances say; one that doesn't leaves the place to one that does. */
  hears(): boolean;
  /** From now on; when it fails, another one gets the chance. */
  won(): Promise<void>;
  /** Another instance is the one; also told at the start. */
  lost(): void;
}

/** Any number that no other program in this database uses for its own advisory locks; this one is "unde" in ASCII. */
const LOCK = 0x756e6465;
/** Several Understudys may live in one database, each in a schema of its own. */
const TRY = 'SELECT pg_try_advisory_lock($1::integer, hashtext(current_schema())) AS got';
const LEAVE = 'SELECT pg_advisory_unlock($1::integer, hashtext(current_schema()))';
const IS_TAKEN = `
  SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = $1::bigint AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid AND objsubid = 2
  ) AS taken`;
/** Whoever has the lock and can't be reached any more loses it within half a minute, instead of Linux's two hours. */
const KEEPALIVES = `SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
                           set_config('tcp_keepalives_count', '3', false)`;
const TRY_EVERY_MS = 1_000;
const AGAIN_MS = 300;
const ALIVE = 'SELECT 1';
const ALIVE_EVERY_MS = 2_000;
/** Who has the lock and hasn't heard the others for so long offers it to them … */
const DEAF_MS = 10_000;
/** … for so long, in which one that hears tries twice … */
const OFFER_MS = 2 * TRY_EVERY_MS;
/** … and one that doesn't hear either isn't meant: it tries when the lock has been free for longer. */
const FREE_MS = 3 * OFFER_MS;

/**
 * Among the instances on one Postgres one holds an advisory lock, on a connection of its own, so that it is free as soon as
 * its holder is gone.
 *
 * Undecided at first. Winner, once the lock is got. A connection that breaks changes nothing: while nobody reaches Postgres
 * nobody else can win, and a lone instance goes on; connected again it tries for the lock. A winner that is cut off from
 * the other instances, while they may hear each other, lets go of the lock for a moment, and is the winner still if none of
 * them takes it. Loser, when another one has it; it tries again every second.
 */
export class Election {
  readonly #newClient: () => pg.Client;
  readonly #candidate: Candidate;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #state: 'undecided' | 'winner' | 'loser' = 'undecided';
  /** Since when (performance.now()) nobody has the lock, as far as one that is not to take it has seen. */
  #freeSince: number | undefined;

  constructor(newClient: () => pg.Client, candidate: Candidate, log: Log) {
    this.#newClient = newClient;
    this.#candidate = candidate;
    this.#log = log;
    this.#running = this.#run();
  }

  /** Leaves the place to others. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 1; !signal.aborted; failures++) {
      const client = this.#newClient();
      const stop = () => disconnect(client);
      signal.addEventListener('abort', stop);
      const over = new Promise<void>((resolve) => {
        for (const event of ['end', 'error'] as const) client.on(event, () => resolve());
      });
      try {
        // A connection that is given up while it is made never says so.
        await Promise.race([client.connect(), over]);
        await client.query(KEEPALIVES);
        await this.#tryOn(client, over);
        failures = 0;
      } catch (error) {
        this.#log.debug(
          { err: error, failures },
          'the lock of the one instance that commands cannot be asked for',
        );
      }
      signal.removeEventListener('abort', stop);
      disconnect(client);
      await backOff(Math.max(1, failures), signal);
    }
  }

  async #tryOn(client: pg.Client, over: Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    while (!isOver && !signal.aborted) {
      await this.#getLock(client, over);
      await this.#win();
      await this.#holdLock(client, over);
    }
  }

  async #getLock(client: pg.Client, over: Promise<void>): Promise<void> {
    for (let again = false; ; ) {
      const isMeant = await this.#isMeant(client);
      if (isMeant && (await this.#tryLock(client))) return;
      // Our own last connection may have it still, for as long as it takes the server to see that it is gone.
      if (this.#state === 'winner' && !again) {
        again = true;
        await Promise.race([over, delay(AGAIN_MS)]);
        continue;
      }
      if (isMeant || this.#freeSince === undefined) this.#lose();
      await Promise.race([over, delay(TRY_EVERY_MS)]);
    }
  }

  /** Whoever doesn't hear the others leaves a lock alone that is taken, or may only be on offer. */
  async #isMeant(client: pg.Client): Promise<boolean> {
    if (this.#state === 'winner' || this.#candidate.hears()) return true;
    const { rows } = await client.query<{ taken: boolean }>(IS_TAKEN, [LOCK]);
    const now = performance.now();
    this.#freeSince = rows[0]?.taken ? undefined : (this.#freeSince ?? now);
    return this.#freeSince !== undefined && now - this.#freeSince > FREE_MS;
  }

  async #tryLock(client: pg.Client): Promise<boolean> {
    const { rows } = await client.query<{ got: boolean }>(TRY, [LOCK]);
    return rows[0]?.got === true;
  }

  /**
   * Until the connection is over, or the lock was offered to the others. A server that is frozen or has become a standby says nothing
   * by itself; the lock is to be had at another one then.
   */
  async #holdLock(client: pg.Client, over: Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    const pause = (ms: number) =>
      Promise.race([over.then(() => true), delay(ms, false, { signal }).catch(() => true)]);
    let heardAt = performance.now();
    for (;;) {
      await client.query(ALIVE);
      if (await pause(ALIVE_EVERY_MS)) return;
      if (this.#candidate.hears()) heardAt = performance.now();
      if (performance.now() - heardAt <= DEAF_MS) continue;
      await client.query(LEAVE, [LOCK]);
      await pause(OFFER_MS);
      return;
    }
  }

  async #win(): Promise<void> {
    if (this.#state === 'winner') return;
    await this.#candidate.won();
    this.#log.info('this instance commands the registrars');
    this.#state = 'winner';
  }

  #lose(): void {
    if (this.#state === 'loser') return;
    this.#log.info('another instance commands the registrars; this one stands by');
    this.#state = 'loser';
    this.#candidate.lost();
  }
}

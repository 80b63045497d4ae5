import type pg from 'pg';
import type { Config } from '../config.js';
import type { Candidate } from './election.js';
import type { Log } from './log.js';
import { openEmbedded } from './open-embedded.js';
import { openServer } from './open-server.js';

export interface Store {
  readonly pool: pg.Pool;
  /** For what phones wait for, so that people's queries never hold it up. */
  readonly commits: pg.Pool;
  readonly kind: 'server' | 'embedded';
  /** Resolves when the database answered just now. */
  ping(): Promise<void>;
  /** Lets one of all instances on this database win at any time; an embedded one has a single instance. Returns the end. */
  elect(candidate: Candidate): () => Promise<void>;
  /** Told when another server than before takes the writes: it may lack the last of them. */
  onFailover(listener: () => void): void;
  close(): Promise<void>;
}

/**
 * The Postgres behind DATABASE_URL, or an embedded one in DATA_DIR when that is unset, its schema up to date. Fails with a
 * StoreError, whose message is one line for the operator. While a server isn't there yet it goes on trying until the signal.
 */
export function openStore(
  config: Pick<Config, 'DATABASE_URL' | 'DATA_DIR'>,
  log: Log,
  signal: AbortSignal = new AbortController().signal,
): Promise<Store> {
  return config.DATABASE_URL === undefined
    ? openEmbedded(config.DATA_DIR, log)
    : openServer(config.DATABASE_URL, log, signal);
}

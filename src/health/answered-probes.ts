import type { AnsweredProbe, ProbeMemory } from '../live/probes.js';
import type { Log } from '../store/log.js';
import type { Store } from '../store/open-store.js';
import { forgetAnsweredProbes, saveAnsweredProbe } from './answered-probes.sql.js';

/** Keeps in Postgres who has ever answered a probe, behind everybody's back: what is lost is learned again. */
export class AnsweredProbes implements ProbeMemory {
  readonly #pool: Store['pool'];
  readonly #log: Log;
  #written: Promise<void> = Promise.resolve();

  constructor({ pool, log }: { pool: Store['pool']; log: Log }) {
    this.#pool = pool;
    this.#log = log;
  }

  answered(probe: AnsweredProbe): void {
    this.#write(() => saveAnsweredProbe(this.#pool, probe));
  }

  forget(place: string): void {
    this.#write(() => forgetAnsweredProbes(this.#pool, place));
  }

  close(): Promise<void> {
    return this.#written;
  }

  #write(write: () => Promise<void>): void {
    this.#written = this.#written.then(write).catch((error) => {
      this.#log.warn({ err: error }, 'who answers probes could not be written down');
    });
  }
}

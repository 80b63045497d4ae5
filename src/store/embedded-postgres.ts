import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { threadLoader } from '../thread-loader.js';
import { backOff } from './back-off.js';
import type { EmbeddedPostgresData } from './embedded-postgres.worker.js';
import type { Log } from './log.js';

/** How long a thread may take to close its database; after that it is ended as a kill -9 would, which loses nothing. */
const STOP_MS = 5_000;

// The source when tsx runs us, the compiled file in dist.
const EXTENSION = extname(import.meta.url);
const WORKER = new URL(`./embedded-postgres.worker${EXTENSION}`, import.meta.url);

interface Thread {
  /** Settles when it listens; fails when it ended before that. */
  readonly listening: Promise<void>;
  /** Settles with what ended it. */
  readonly ended: Promise<unknown>;
}

/**
 * Runs the embedded Postgres in a worker thread. It is listening, or, when the thread died (a full disk makes Postgres
 * panic), being started again on the same socket until it listens or is told to stop. Returns the stop.
 */
export async function startEmbeddedPostgres(
  data: EmbeddedPostgresData,
  log: Log,
): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  const first = startThread(data, stopping.signal);
  await first.listening;
  const kept = keepRunning(first, data, log, stopping.signal);
  return async () => {
    stopping.abort();
    await kept;
  };
}

async function keepRunning(
  first: Thread,
  data: EmbeddedPostgresData,
  log: Log,
  stopping: AbortSignal,
): Promise<void> {
  let failures = 0;
  for (let thread = first; ; thread = startThread(data, stopping)) {
    await thread.listening.then(
      () => {
        failures = 0;
      },
      () => {},
    );
    const reason = await thread.ended;
    if (stopping.aborted) return;
    failures += 1;
    log.error({ err: reason, failures }, 'the embedded Postgres died and is started again');
    await backOff(failures, stopping);
    if (stopping.aborted) return;
  }
}

function startThread(workerData: EmbeddedPostgresData, stopping: AbortSignal): Thread {
  const worker = new Worker(WORKER, { workerData, ...threadLoader(EXTENSION) });
  const stop = () => {
    worker.postMessage('stop');
    setTimeout(() => worker.terminate(), STOP_MS).unref();
  };
  stopping.addEventListener('abort', stop, { once: true });

  let reason: unknown;
  worker.on('error', (error) => {
    reason = error;
  });
  const ended = new Promise<unknown>((resolve) => {
    worker.once('exit', (code) => {
      stopping.removeEventListener('abort', stop);
      resolve(reason ?? new Error(`its thread ended with code ${code}`));
    });
  });
  const listening = new Promise<void>((resolve, reject) => {
    worker.once('message', resolve);
    ended.then(reject);
  });
  return { listening, ended };
}

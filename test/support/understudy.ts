import type { Running } from './process.js';
import { startProgram } from './program.js';
import { until } from './until.js';

export interface UnderstudyOptions {
  /** The Postgres that it uses; without, the embedded one in `dataDir`. */
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  /** Only this port, instead of any free one. */
  readonly port?: number;
  /** Settings besides. */
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
}

/** It gives up itself after nine seconds. */
const STOP_MS = 20_000;

/** The service as a process of its own. */
export class Understudy {
  readonly url: string;
  readonly port: number;
  readonly #process: Running;

  constructor(process: Running, port: number) {
    this.#process = process;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  get pid() {
    return this.#process.pid;
  }

  get running() {
    return !this.#process.hasEnded();
  }

  /** All that it has logged. */
  logs(): string {
    return this.#process.output();
  }

  freeze() {
    this.#process.signal('SIGSTOP');
  }

  thaw() {
    this.#process.signal('SIGCONT');
  }

  async kill9() {
    this.#process.signal('SIGKILL');
    await this.#process.ended;
  }

  /** Ends it in order; complains when it didn't end so, or not in time. */
  async stop() {
    if (!this.running) return;
    this.thaw();
    this.#process.signal('SIGTERM');
    const late = setTimeout(() => this.#process.signal('SIGKILL'), STOP_MS);
    const code = await this.#process.ended;
    clearTimeout(late);
    if (code !== 0) throw new Error(`Understudy ended with ${code}:\n${this.logs()}`);
  }
}

/** Starts the service without waiting for anything: for starts that are expected to fail or to take long. */
export function launchUnderstudy(options: UnderstudyOptions): Running {
  return startProgram('main', {
    ...(options.nodeArgs && { nodeArgs: options.nodeArgs }),
    env: {
      PORT: String(options.port ?? 0),
      ...(options.databaseUrl !== undefined && { DATABASE_URL: options.databaseUrl }),
      ...(options.dataDir !== undefined && { DATA_DIR: options.dataDir }),
      ...options.env,
    },
  });
}

/** Starts the service and waits until it listens, which it does when it is ready and not before. */
export async function startUnderstudy(options: UnderstudyOptions): Promise<Understudy> {
  const child = launchUnderstudy(options);
  const port = await until(
    'Understudy to listen',
    () => child.hasEnded() || /Server listening at https?:\/\/[^"]*:(\d+)"/.exec(child.output())?.[1],
    30_000,
  );
  if (port === true) throw new Error(`Understudy ended at start:\n${child.output()}`);
  return new Understudy(child, Number(port));
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Running, run } from './process.js';
import { until } from './until.js';

const ROOT = new URL('../..', import.meta.url).pathname;
/** As the image has it, when `npm run build` was run after the last change; as `npm start` runs it else, a second slower. */
const COMMAND = isBuilt() ? [join(ROOT, 'dist/main.js')] : ['--import', 'tsx', join(ROOT, 'src/main.ts')];

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

function isBuilt(): boolean {
  const built = statSync(join(ROOT, 'dist/main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(ROOT, 'src'), { encoding: 'utf8', recursive: true });
  return sources.every((path) => statSync(join(ROOT, 'src', path)).mtimeMs < built);
}

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

  /** Ends it in order; complains when it didn't end so. */
  async stop() {
    if (!this.running) return;
    this.thaw();
    this.#process.signal('SIGTERM');
    const code = await this.#process.ended;
    if (code !== 0) throw new Error(`Understudy ended with ${code}:\n${this.logs()}`);
  }
}

/** Starts the service without waiting for anything: for starts that are expected to fail or to take long. */
export function launchUnderstudy(options: UnderstudyOptions): Running {
  // Nothing but these: a setting of whoever runs the tests must not change what they test.
  const { PATH, HOME, TMPDIR } = process.env;
  // tap sets NODE_OPTIONS of every child, to follow each file that it loads: a start would take twice as long.
  const nodeOptions = `NODE_OPTIONS=${options.env?.NODE_OPTIONS ?? ''}`;
  return run('/usr/bin/env', [nodeOptions, process.execPath, ...(options.nodeArgs ?? []), ...COMMAND], {
    ...{ PATH, HOME, TMPDIR },
    PORT: String(options.port ?? 0),
    ...(options.databaseUrl !== undefined && { DATABASE_URL: options.databaseUrl }),
    ...(options.dataDir !== undefined && { DATA_DIR: options.dataDir }),
    ...options.env,
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

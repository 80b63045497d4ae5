import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import { childrenOf, dieWithParent, removeWithParent } from './die-with-parent.js';
import { freePort } from './free-port.js';
import { signal } from './process.js';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';

export interface PostgresOptions {
  /** Only this port, instead of any free one. */
  readonly port?: number;
  /** Whether commits reach the disk, for what is measured or survives more than a kill -9; it costs time. */
  readonly durable?: boolean;
}

/** The user that servers run as; their directories are its own. */
export { user as postgresUser };

/** Everybody may log in from this machine, but a role called `needs_password`, which has to be created, must have its password. */
const HBA = `local all all trust
host all needs_password 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
`;

const READY = /ready to accept (read-only )?connections/;

/** A whole Postgres server, in a directory of its own; neither outlives the process that started it. */
export class Postgres {
  readonly port: number;
  readonly url: string;
  readonly #directory: string;
  readonly #durable: boolean;
  #server: ChildProcess | undefined;
  #databases = 0;

  constructor(directory: string, port: number, durable: boolean) {
    this.#directory = directory;
    removeWithParent(directory);
    this.#durable = durable;
    this.port = port;
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  get pid(): number {
    if (this.#server?.pid === undefined) throw new Error('This Postgres does not run');
    return this.#server.pid;
  }

  /** Starts the server, as after kill9(); resolves when it takes connections. */
  async start(): Promise<void> {
    const settings = ['max_connections=50', 'max_wal_size=256MB', 'unix_socket_directories='];
    if (!this.#durable) settings.push('fsync=off', 'full_page_writes=off', 'synchronous_commit=off');
    const server = spawn(
      join(await binaries(), 'postgres'),
      [
        '-D',
        this.#directory,
        '-h',
        '127.0.0.1',
        '-p',
        String(this.port),
        ...settings.flatMap((s) => ['-c', s]),
      ],
      { ...(await user()), cwd: '/', env: { PATH: '/usr/bin:/bin' }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#server = server;
    dieWithParent(server);
    const said: string[] = [];
    for await (const line of createInterface(server.stderr)) {
      said.push(line);
      if (READY.test(line)) break;
    }
    if (!READY.test(said.at(-1) ?? '')) {
      await this.#ended();
      throw new Error(`Postgres did not start:\n${said.join('\n')}`);
    }
    // What it says from now on is of no interest, but must not block it; and it must not keep this process running.
    server.stderr.resume();
    (server.stderr as Socket).unref();
    server.unref();
  }

  /** Ends the server as a crash of the machine would, without any of its processes seeing it come. */
  async kill9(): Promise<void> {
    this.freeze();
    this.#signal('SIGKILL');
    await this.#ended();
  }

  /** The URL of a new and empty database. */
  async newDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `database_${this.#databases}`;
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    return Object.assign(new URL(this.url), { pathname: name }).href;
  }

  /** A standby of this one, to which it streams what it commits, and which is asked nothing meanwhile. */
  async standby(): Promise<Postgres> {
    const directory = await newDirectory(`${tmpdir()}/understudy-standby-`);
    const standby = new Postgres(directory, await freePort(), this.#durable);
    const from = ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'postgres'];
    const how = ['-D', directory, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'];
    await run(join(await binaries(), 'pg_basebackup'), [...from, ...how], { ...(await user()), cwd: '/' });
    await standby.start();
    return standby;
  }

  /** Makes a standby a primary. */
  async promote(): Promise<void> {
    const what = ['promote', '-D', this.#directory, '--wait'];
    await run(join(await binaries(), 'pg_ctl'), what, { ...(await user()), cwd: '/' });
  }

  /** Stops every process of the server where it is: connections stay open and nothing answers any more. */
  freeze(): void {
    // It must make no more of them while we look for its children.
    process.kill(this.pid, 'SIGSTOP');
    this.#signal('SIGSTOP');
  }

  thaw(): void {
    this.#signal('SIGCONT');
  }

  #signal(name: NodeJS.Signals): void {
    for (const pid of [...childrenOf(this.pid), this.pid]) signal(pid, name);
  }

  /** Ends every connection, shuts down in order (if it runs), and starts again on the same port. */
  async restart(): Promise<void> {
    if (this.#server) process.kill(this.pid, 'SIGINT');
    await this.#ended();
    await this.start();
  }

  /** At once, but for the memory that it shares between its processes, of which the kernel has only so many pieces. */
  async stop(): Promise<void> {
    if (this.#server) {
      this.thaw();
      process.kill(this.pid, 'SIGQUIT');
    }
    await this.#ended();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #ended(): Promise<void> {
    const server = this.#server;
    if (server && server.exitCode === null && server.signalCode === null) {
      server.ref();
      await once(server, 'exit');
    }
    this.#server = undefined;
  }
}

export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const template = await clusterTemplate();
  const directory = await newDirectory(`${tmpdir()}/understudy-postgres-`);
  const postgres = new Postgres(directory, options.port ?? (await freePort()), options.durable ?? false);
  try {
    await run('cp', ['-a', `${template}/.`, directory]);
    await writeFile(join(directory, 'pg_hba.conf'), HBA);
    await postgres.start();
    return postgres;
  } catch (error) {
    await postgres.stop();
    // Somebody else took the free port in between.
    if (options.port === undefined && String(error).includes('could not bind')) return startPostgres(options);
    throw error;
  }
}

/** Made once per machine run, since initdb takes a second; moved into place whole, so two who make it at once don't mix. */
async function clusterTemplate(): Promise<string> {
  const bin = await binaries();
  const { uid } = await user();
  const template = `${tmpdir()}/understudy-template${bin.replaceAll('/', '-')}-${uid ?? process.getuid?.()}`;
  if (await exists(template)) return template;
  const draft = await newDirectory(`${template}-draft-`);
  const options = [
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--wal-segsize=1',
    '--no-sync',
  ];
  await run(join(bin, 'initdb'), ['-D', draft, ...options], { ...(await user()), cwd: '/' });
  await rename(draft, template).catch(async (error) => {
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(template))) throw error;
  });
  return template;
}

async function newDirectory(prefix: string): Promise<string> {
  const directory = await mkdtemp(prefix);
  const { uid, gid } = await user();
  if (uid !== undefined && gid !== undefined) await chown(directory, uid, gid);
  return directory;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

let known: Promise<{ uid?: number; gid?: number }> | undefined;

/** Postgres refuses to run as root, so root runs it as the user that Debian's package made. */
function user(): Promise<{ uid?: number; gid?: number }> {
  // Asked once: it takes a large process some hundredths of a second to start another one.
  known ??= findUser();
  return known;
}

async function findUser(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all(['-u', '-g'].map((what) => run('id', [what, 'postgres'])));
  return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
}

async function binaries(): Promise<string> {
  const versions = await readdir(INSTALLED).catch((): string[] => []);
  const [newest] = versions.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
  if (newest === undefined)
    throw new Error(`No Postgres in ${INSTALLED}: run test/support/install-system-packages.sh`);
  return join(INSTALLED, newest, 'bin');
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificate } from './certificates.js';
import { freePort } from './free-port.js';
import { type Running, run } from './process.js';
import type { Ending } from './scene.js';
import { until } from './until.js';

const execute = promisify(execFile);

/** What a Redis asks of those who connect. */
export interface RedisLogin {
  readonly password?: string;
  /** It speaks TLS, with this certificate, which this authority has signed. */
  readonly tls?: Certificate & { readonly ca: string };
}

/** One Redis (or Sentinel) of one test, in a directory of its own; it doesn't outlive the test's process. */
export class Redis {
  readonly port: number;
  readonly url: string;
  readonly #directory: string;
  readonly #command: string;
  readonly #settings: readonly string[];
  readonly #login: RedisLogin;
  #process: Running | undefined;

  constructor(options: {
    port: number;
    directory: string;
    command: string;
    settings: readonly string[];
    login: RedisLogin;
  }) {
    this.port = options.port;
    this.#login = options.login;
    const { password, tls } = options.login;
    this.url = `redis${tls ? 's' : ''}://${password ? `:${password}@` : ''}127.0.0.1:${options.port}`;
    this.#directory = options.directory;
    this.#command = options.command;
    this.#settings = options.settings;
  }

  /** Starts it, empty; resolves when it answers. */
  async start(): Promise<void> {
    const file = join(this.#directory, 'redis.conf');
    const { password, tls } = this.#login;
    const port = tls
      ? [
          ...['port 0', `tls-port ${this.port}`, `tls-cert-file ${tls.cert}`, `tls-key-file ${tls.key}`],
          ...[`tls-ca-cert-file ${tls.ca}`, 'tls-auth-clients no'],
        ]
      : [`port ${this.port}`];
    if (password) port.push(`requirepass ${password}`);
    const common = [...port, 'bind 127.0.0.1', `dir ${this.#directory}`, 'protected-mode no'];
    await writeFile(file, [...common, ...this.#settings, ''].join('\n'));
    const running = run(this.#command, [file]);
    this.#process = running;
    await until(`${this.#command} to answer`, async () => {
      if (running.hasEnded()) throw new Error(running.output());
      return (await this.ask('PING')) === 'PONG';
    });
  }

  /** What redis-cli prints. */
  async ask(...command: string[]): Promise<string> {
    const { password, tls } = this.#login;
    const args = ['-p', String(this.port), ...(tls ? ['--tls', '--cacert', tls.ca] : []), ...command];
    const env = { ...process.env, ...(password && { REDISCLI_AUTH: password }) };
    const { stdout } = await execute('redis-cli', args, { timeout: 5_000, env });
    return stdout.trim();
  }

  freeze(): void {
    this.#process?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process?.signal('SIGCONT');
  }

  async kill9(): Promise<void> {
    this.#process?.signal('SIGKILL');
    await this.#process?.ended;
    this.#process = undefined;
  }

  async stop(): Promise<void> {
    await this.kill9();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

interface RedisOptions {
  readonly settings?: readonly string[];
  readonly command?: 'redis-server' | 'redis-sentinel';
  readonly port?: number;
  readonly login?: RedisLogin;
}

async function newRedis(
  t: Ending,
  { settings = [], command = 'redis-server', port, login = {} }: RedisOptions = {},
): Promise<Redis> {
  const directory = await mkdtemp(join(tmpdir(), 'understudy-redis-'));
  const redis = new Redis({
    port: port ?? (await freePort()),
    directory,
    command,
    settings: command === 'redis-server' ? ['save ""', 'appendonly no', ...settings] : settings,
    login,
  });
  t.teardown(() => redis.stop());
  await redis.start();
  return redis;
}

/** A standalone one, which keeps nothing. */
export function startRedis(t: Ending, login: RedisLogin = {}): Promise<Redis> {
  return newRedis(t, { login });
}

/** A master, its replica, and three Sentinels of which two decide within two seconds (sooner, a busy machine
 * is taken for a dead master, and what it had just taken is lost); the passwords are theirs, if they have any. */
export async function startSentinels(
  t: Ending,
  { data, sentinel }: { readonly data?: string; readonly sentinel?: string } = {},
) {
  const login = data === undefined ? {} : { password: data };
  const trust = data === undefined ? [] : [`masterauth ${data}`];
  const master = await newRedis(t, { settings: trust, login });
  const replica = await newRedis(t, {
    settings: [`replicaof 127.0.0.1 ${master.port}`, ...trust],
    login,
  });
  const settings = [
    `sentinel monitor calls 127.0.0.1 ${master.port} 2`,
    'sentinel down-after-milliseconds calls 2000',
    'sentinel failover-timeout calls 3000',
    ...(data === undefined ? [] : [`sentinel auth-pass calls ${data}`]),
    ...(sentinel === undefined ? [] : [`sentinel sentinel-pass ${sentinel}`]),
  ];
  const sentinels: Redis[] = [];
  for (let i = 0; i < 3; i++) {
    const ofSentinels = sentinel === undefined ? {} : { password: sentinel };
    sentinels.push(await newRedis(t, { settings, command: 'redis-sentinel', login: ofSentinels }));
  }
  await until('the Sentinels to know each other and the replica', async () => {
    const known = await Promise.all(sentinels.map((one) => one.ask('SENTINEL', 'MASTER', 'calls')));
    return known.every((text) => /num-other-sentinels\n2\n/.test(text) && /num-slaves\n1\n/.test(text));
  });
  await until('the replica to be in line', async () =>
    /master_link_status:up/.test(await replica.ask('INFO', 'replication')),
  );
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const url = `redis+sentinel://${data === undefined ? '' : `:${data}@`}${hosts}/calls`;
  const query = sentinel === undefined ? '' : `?sentinel_password=${sentinel}`;
  return { master, replica, sentinels, url: `${url}${query}` };
}

/** Three masters, each with a replica if so wanted, which decide within a second. */
export async function startCluster(t: Ending, { replicas = 0 } = {}) {
  const nodes: Redis[] = [];
  for (let i = 0; i < 3 * (1 + replicas); i++) {
    const port = await freePort();
    const bus = await freePort();
    const settings = ['cluster-enabled yes', 'cluster-node-timeout 1000', `cluster-port ${bus}`];
    nodes.push(await newRedis(t, { settings, port }));
  }
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const options = ['--cluster-replicas', String(replicas), '--cluster-yes'];
  await execute('redis-cli', ['--cluster', 'create', ...addresses, ...options], { timeout: 60_000 });
  await until('the Cluster to be one', async () => {
    const states = await Promise.all(nodes.map((node) => node.ask('CLUSTER', 'INFO')));
    return states.every((state) => state.includes('cluster_state:ok'));
  });
  await until('its replicas to be in line', async () => {
    const infos = await Promise.all(nodes.map((node) => node.ask('INFO', 'replication')));
    return infos.filter((info) => info.includes('master_link_status:up')).length === 3 * replicas;
  });
  return { nodes, url: `redis+cluster://${addresses.slice(0, 3).join(',')}` };
}

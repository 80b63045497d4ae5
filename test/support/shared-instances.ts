import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import type { Test } from 'tap';
import { buildApp } from '../../src/app.js';
import type { AppendBranch } from '../../src/kamailio/append-branch.js';
import type { Rpc } from '../../src/kamailio/json-rpc.js';
import { parseRedisUrl } from '../../src/redis-url.js';
import { RedisLog } from '../../src/share/redis-log.js';
import { openStore } from '../../src/store/open-store.js';
import { logLines } from './log-lines.js';
import type { Postgres } from './postgres.js';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what the answer holds is what the tests are to find out
  readonly body: any;
}

/** One of several instances of the service on one Postgres and one Redis, in this process. */
export interface Instance {
  readonly app: FastifyInstance;
  readonly log: RedisLog;
  readonly lines: string[];
  /** Whether it has commanded the registrar that is provisioned. */
  commands(): boolean;
  call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object): Promise<Answer>;
  /** Ends it in order. */
  close(): Promise<void>;
}

export interface InstanceOptions {
  readonly postgres: Postgres;
  readonly redisUrl: string;
  readonly append?: AppendBranch;
  /** How it reaches registrars; without, there is none. */
  readonly rpc?: Rpc;
  /** So long a decision waits for the log; the tests run on machines that are busy. */
  readonly usualMs?: number;
}

export async function newInstance(
  t: Test,
  { postgres, redisUrl, append, rpc = nobody, usualMs = 5_000 }: InstanceOptions,
): Promise<Instance> {
  const logger = pino({ level: 'silent' });
  const store = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, logger);
  const url = parseRedisUrl(redisUrl);
  if (!url) throw new Error(`${redisUrl} is none`);
  const lines = logLines();
  const log = new RedisLog({ url, log: lines, usualMs });
  const methods: string[] = [];
  const noted: Rpc = (url, method, params) => {
    methods.push(method);
    return rpc(url, method, params);
  };
  const app = await buildApp({ store, logger, shared: log, rpc: noted, ...(append && { append }) });
  await app.ready();
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await app.close();
    await store.close();
  };
  t.teardown(close);
  return {
    ...{ app, log, lines: lines.lines, close },
    commands: () => methods.includes('core.uptime'),
    call: async (method, url, body) => {
      const answer = await app.inject({ method, url, ...(body && { payload: body }) });
      return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
    },
  };
}

const nobody: Rpc = async () => {
  throw new Error('no registrar here');
};

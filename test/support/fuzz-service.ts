import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import pg from 'pg';
import pino from 'pino';
import { buildApp } from '../../src/app.js';
import { jsonRpc } from '../../src/kamailio/json-rpc.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { ELSEWHERE } from './fuzz-judge.js';
import type { FuzzedRequest } from './fuzz-operations.js';
import { ID_SLOTS } from './fuzz-words.js';

/** Whatever a node's rpc_url is: nobody listens there, and nothing leaves this machine. */
const NOBODY = 'http://127.0.0.1:9/RPC';
const OWN_KEY = "the tests' own";
/** Columns in which two services differ that have done the same. */
const OWN = ['updated_at', 'secret_hash', 'old_secret_hash', 'last_used_at'];
const HISTORY = new Set(['decisions', 'outcomes', 'changes']);
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

export type Sent = Pick<FuzzedRequest, 'method' | 'url' | 'headers' | 'body'>;

/** The service on a database of its own, with its time in the test's hands: the clock and what runs by intervals. */
export class FuzzService {
  readonly #app: FastifyInstance;
  readonly #store: Store;
  readonly #intervals: readonly (() => void)[];
  readonly #errors: string[];
  #ids: string[] = [];
  /** What every request is sent with: a key that may do everything, so that the others that are made change nothing of that. */
  #authorization: { authorization?: string } = {};

  private constructor(
    app: FastifyInstance,
    store: Store,
    intervals: readonly (() => void)[],
    errors: string[],
  ) {
    this.#app = app;
    this.#store = store;
    this.#intervals = intervals;
    this.#errors = errors;
  }

  static async open(server: string, database: string, clock: () => number): Promise<FuzzService> {
    const url = new URL(server);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${database}`);
    await client.end();
    url.pathname = `/${database}`;
    const errors: string[] = [];
    // Everything is logged, as in production, and an error in the log is one, whatever the answer was.
    const logger = pino(
      { level: 'info' },
      { write: (line) => void (/"level":[56]0/.test(line) && errors.push(line)) },
    );
    const store = await openStore({ DATABASE_URL: url.href, DATA_DIR: '' }, logger);
    const { intervals, made: app } = await withIntervals(async () => {
      const app = await buildApp({
        ...{ store, clock, logger },
        rpc: (_url, method, params) => jsonRpc(NOBODY, method, params),
        append: async () => 'unknown',
      });
      await app.ready();
      return app;
    });
    const service = new FuzzService(app, store, intervals, errors);
    await service.#makeKey();
    return service;
  }

  async close(): Promise<void> {
    await this.#app.close();
    await this.#store.close();
  }

  async send({ method, url, headers, body }: Sent): Promise<LightMyRequestResponse> {
    const answer = await this.#app.inject({
      method: method as NonNullable<InjectOptions['method']>,
      url: this.#withIds(url),
      headers: { ...headers, ...this.#authorization },
      ...(body !== undefined && { payload: this.#withIds(body) }),
    });
    if (answer.statusCode < 300 && method !== 'GET' && answer.body !== '') this.#remember(answer.json());
    return answer;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the answer holds is what the tests are to find out
  async read(url: string): Promise<any> {
    return JSON.parse(await this.#text(url));
  }

  /** What the intervals do, which in production they do once a second. */
  tick(): void {
    for (const interval of this.#intervals) interval();
  }

  /** Errors in the log since the last time. */
  takeErrors(): string[] {
    return this.#errors.splice(0).filter((line) => !ELSEWHERE.has(JSON.parse(line).code));
  }

  /** All that is known to it, in memory and in Postgres, line by line, but for what differs from service to service. */
  async state(): Promise<string[]> {
    // Both wait for the history that is on its way.
    await this.#text('/v1/changes?limit=1');
    await this.#text('/v1/decisions?limit=1');
    const { contact_centers } = await this.read('/v1/contact-centers');
    const documents = contact_centers.map(
      ({ domain }: { domain: string }) => `/v1/contact-centers/${domain}`,
    );
    const addresses = ['sales', 'support', 'alice', 'bob', 'hold-music'].flatMap((name) =>
      ['bindings', 'targets'].map((what) => `/v1/${what}?address=sip:${name}@cc.example.com`),
    );
    const answers = [...LISTS, ...documents, ...addresses].map(
      async (url) => `${url} ${await this.#text(url)}`,
    );
    const lines = [...(await Promise.all(answers)), ...(await this.#rows())];
    return lines.map((line) => line.replaceAll(UUID, 'id')).sort();
  }

  /** History is compared once; what is provisioned is not forgotten, but for what nobody knows the name of. */
  async forgetHistory(): Promise<void> {
    await this.#store.pool.query(`TRUNCATE ${[...HISTORY].join(', ')}`);
    await this.#store.pool.query('DELETE FROM api_keys WHERE name <> $1::text', [OWN_KEY]);
    this.tick();
  }

  async #rows(): Promise<string[]> {
    const { pool } = this.#store;
    const { rows: tables } = await pool.query(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'understudy_schema_version'",
    );
    const each = tables.map(async ({ name }) => {
      const { rows } = await pool.query(`SELECT (to_jsonb(t) - $1::text[])::text AS row FROM ${name} t`, [
        OWN,
      ]);
      return rows.map(({ row }) => `${name} ${row}`);
    });
    return (await Promise.all(each)).flat();
  }

  async #makeKey(): Promise<void> {
    const body = { name: OWN_KEY, scopes: ['signalling', 'admin'] };
    const made = await this.#app.inject({ method: 'POST', url: '/v1/keys', payload: body });
    this.#authorization = { authorization: `Bearer ${made.json().key}` };
  }

  async #text(url: string): Promise<string> {
    return (await this.#app.inject({ url, headers: this.#authorization })).body;
  }

  #withIds(text: string): string {
    if (!text.includes(ID_SLOTS[0]?.slice(0, -1) as string) || this.#ids.length === 0) return text;
    return ID_SLOTS.reduce(
      (all, slot, i) => all.replaceAll(slot, this.#ids[i % this.#ids.length] as string),
      text,
    );
  }

  #remember({ id, decision }: { id?: unknown; decision?: unknown }): void {
    const given = decision ?? id;
    if (typeof given === 'string') this.#ids = [given, ...this.#ids].slice(0, ID_SLOTS.length);
  }
}

const LISTS = ['/v1/contact-centers', '/v1/nodes', '/v1/overrides', '/v1/agents', '/v1/health', '/v1/bypass'];

/** What would happen by itself, at a moment of its own, is called by the test instead. */
async function withIntervals<T>(make: () => Promise<T>): Promise<{ intervals: (() => void)[]; made: T }> {
  const { setInterval } = globalThis;
  const intervals: (() => void)[] = [];
  const instead = (callback: () => void) => {
    intervals.push(callback);
    const idle = setInterval(() => {}, 2 ** 30);
    return idle;
  };
  globalThis.setInterval = instead as typeof setInterval;
  try {
    return { intervals, made: await make() };
  } finally {
    globalThis.setInterval = setInterval;
  }
}

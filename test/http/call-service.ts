import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import root, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { emptyDataDir, fillDataDir } from '../support/embedded-data-dir.js';
import { type Postgres, startPostgres } from '../support/postgres.js';

export const START = Date.UTC(2026, 10, 22, 12);
export const SILENT = pino({ level: 'silent' });

/** The service on one database, with a clock that the test moves. */
export interface Service {
  readonly app: FastifyInstance;
  readonly store: Store;
  /** The server, when it isn't the embedded one. */
  readonly postgres: Postgres | undefined;
  now: number;
  call(method: 'GET' | 'POST' | 'PUT', url: string, body?: object): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what the answer holds is what the tests are to find out
  readonly body: any;
}

type Scenario = (t: Test, service: Service) => Promise<void>;
type ServerScenario = (t: Test, service: Service & { readonly postgres: Postgres }) => Promise<void>;

/**
 * The same scenarios on the embedded Postgres and on a server: for what is read from the database, or what it may refuse.
 * Each has an empty database and a service of its own, but one Postgres of each kind serves all of a process: they take their
 * time to start, and an embedded one to become fast.
 */
export function onBothDatabases(t: Test, scenarios: Readonly<Record<string, Scenario>>): void {
  onDatabases(t, ['embedded', 'server'], scenarios);
}

/** For what memory answers, and has the database do nothing that others don't have both of them do. */
export function onServer(t: Test, scenarios: Readonly<Record<string, ServerScenario>>): void {
  onDatabases(t, ['server'], scenarios as Readonly<Record<string, Scenario>>);
}

type Database = Pick<Service, 'store' | 'postgres'>;

const OPEN = { embedded: openEmbedded, server: openServer };
/** Of this process. */
const opened: { [kind in keyof typeof OPEN]?: Promise<Database> } = {};

function onDatabases(
  t: Test,
  kinds: readonly (keyof typeof OPEN)[],
  scenarios: Readonly<Record<string, Scenario>>,
): void {
  for (const kind of kinds) {
    t.test(kind, async (t) => {
      opened[kind] ??= OPEN[kind]();
      const { store, postgres } = await opened[kind];
      for (const [what, scenario] of Object.entries(scenarios)) {
        await t.test(what, async (t) => {
          await store.pool.query(
            'TRUNCATE contact_centers, nodes, decisions, outcomes, changes, answered_probes, api_keys CASCADE',
          );
          const service = await newService(store, postgres);
          t.teardown(() => service.app.close());
          await provision(service);
          await scenario(t, service);
        });
      }
    });
  }
}

async function openEmbedded(): Promise<Database> {
  const DATA_DIR = await emptyDataDir(root);
  await fillDataDir(DATA_DIR);
  const store = await openStore({ DATA_DIR }, SILENT);
  root.teardown(() => store.close());
  return { store, postgres: undefined };
}

async function openServer(): Promise<Database> {
  // Durable, so that a scenario may kill it and find everything again.
  const postgres = await startPostgres({ durable: true });
  root.teardown(() => postgres.stop());
  const store = await openStore({ DATABASE_URL: postgres.url, DATA_DIR: '' }, SILENT);
  root.teardown(() => store.close());
  return { store, postgres };
}

/** Kills the server; the embedded Postgres shares our process, so there its connections break. Returns what mends it. */
export async function outage({ postgres, store: { pool } }: Service): Promise<() => Promise<void>> {
  if (postgres) {
    await postgres.kill9();
    return () => postgres.start();
  }
  const { query, connect } = pool;
  const broken = async () => {
    throw Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
  };
  Object.assign(pool, { query: broken, connect: broken });
  return async () => void Object.assign(pool, { query, connect });
}

async function newService(store: Store, postgres: Postgres | undefined): Promise<Service> {
  const service: Omit<Service, 'app'> & { now: number } = {
    store,
    postgres,
    now: START,
    call,
  };
  const app = await buildApp({ store, clock: () => service.now });
  async function call(method: 'GET' | 'POST' | 'PUT', url: string, body?: object): Promise<Answer> {
    const answer = await app.inject({ method, url, ...(body && { payload: body }) });
    return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() };
  }
  return Object.assign(service, { app });
}

export const CENTER = {
  locations: [{ uri: 'sip:192.0.2.10:5060' }],
  treatments: [{ name: 'hold-music', kind: 'music_on_hold', uri: 'sip:moh@192.0.2.30:5070' }],
  skillsets: [
    { name: 'sales', treatment: 'hold-music', ring_seconds: 12 },
    { name: 'support', ring_seconds: 20 },
  ],
  agents: [
    { name: 'alice', skills: { sales: 1, support: 3 } },
    { name: 'bob', skills: { sales: 2 } },
  ],
};

async function provision(service: Service): Promise<void> {
  await service.call('PUT', '/v1/contact-centers/cc.example.com', CENTER);
  await service.call('PUT', '/v1/contact-centers/other.example.com', {
    ...CENTER,
    locations: [{ uri: 'sip:pbx.other.example.com' }],
    agents: [],
  });
}

/** The agent's phone registers, through an edge. */
export async function register(service: Service, agent: string, host: string, cseq = 1): Promise<void> {
  await service.call('POST', '/v1/register', {
    aor: `sip:${agent}@cc.example.com`,
    contact: `<sip:${agent}@${host}:5062>;expires=300`,
    call_id: `${agent}@${host}`,
    cseq,
    path: '<sip:edge1.example.com;lr>',
    received: 'sip:203.0.113.9:5062',
  });
}

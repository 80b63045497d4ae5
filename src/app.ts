import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import pino from 'pino';
import { Registry } from 'prom-client';
import { guard } from './access/guard.route.js';
import { keyRoutes } from './access/keys.route.js';
import { LIMITS, type Limits } from './access/limits.js';
import type { Tls } from './access/tls-files.js';
import { adminJourney } from './admin/admin.js';
import { changesJourney } from './changes/changes.route.js';
import { writtenFirst } from './changes/written-first.route.js';
import { healthJourney } from './health/health.route.js';
import { inviteJourney } from './invite/invite.route.js';
import { type AppendBranch, appendBranch } from './kamailio/append-branch.js';
import { jsonRpc, type Rpc } from './kamailio/json-rpc.js';
import { loadAll, loadProvisioned } from './load.js';
import { CallCounts } from './metrics/call-counts.js';
import { metricsJourney } from './metrics/metrics.route.js';
import { countRequests } from './metrics/requests.route.js';
import { PERSONAL_DATA_DAYS } from './outcome/history.js';
import { outcomeJourney } from './outcome/outcome.route.js';
import { buildParts, type Parts } from './parts.js';
import { DOCS, describe, version } from './plugins/openapi.js';
import { answerReadiness, notReady, type ReadinessCheck } from './plugins/readiness.js';
import { addSecurityHeaders } from './plugins/security-headers.js';
import { newServer } from './plugins/server.js';
import { rowOf } from './register/endpoint-change.js';
import { registerJourney } from './register/register.route.js';
import { NO_LOG, type SharedLog } from './share/shared-log.js';
import { Sharing } from './sharing.js';
import type { Candidate } from './store/election.js';
import type { Store } from './store/open-store.js';

export interface AppDeps {
  /** Opened, and in the end closed, by whoever builds the app. */
  readonly store: Pick<Store, 'pool' | 'commits' | 'ping' | 'elect' | 'onFailover'>;
  /** ms since the epoch. */
  readonly clock?: () => number;
  readonly logger?: FastifyBaseLogger;
  /** How Kamailios are commanded. */
  readonly rpc?: Rpc;
  /** What is shared with other instances; closed by the app. */
  readonly shared?: SharedLog;
  /** How calls on hold are given another target. */
  readonly append?: AppendBranch;
  /** Whether keys are demanded even while there is none. */
  readonly demandKeys?: boolean;
  readonly limits?: Limits;
  /** Without: plain HTTP. */
  readonly tls?: Tls | undefined;
  /** For how many days what tells callers and phones apart is kept with past calls; 0: not at all. */
  readonly personalDataDays?: number;
}

/** The whole service but for its listening socket. It is ready when the directory has been read from Postgres. */
export async function buildApp({
  store,
  clock = Date.now,
  logger = pino({ level: 'silent' }),
  rpc = jsonRpc,
  append = appendBranch,
  demandKeys = false,
  limits = LIMITS,
  shared = NO_LOG,
  tls,
  personalDataDays = PERSONAL_DATA_DAYS,
}: AppDeps): Promise<FastifyInstance> {
  const { pool } = store;
  const app = newServer(logger, tls);
  const registry = new Registry();
  countRequests(app, registry);
  const parts = buildParts({ ...store, log: app.log, clock, rpc, append, shared, personalDataDays });
  const { keys, directory } = parts;
  const isNode = (name: string) => directory.node(name) !== undefined;
  guard(app, { keys, demanded: demandKeys, limits, openPath: DOCS, isNode, clock });
  await describe(app);

  const sharing = new Sharing(parts, { pool, log: app.log, clock });
  let loaded = false;
  // Hooks run in reverse order: this one after the journeys'.
  let leaveElection = async () => {};
  app.addHook('onClose', async () => {
    await leaveElection();
    await parts.close();
    await sharing.close();
  });
  app.addHook('onReady', async () => {
    await keys.start();
    await loadAll(parts, pool, clock());
    await sharing.start();
    parts.agents.start();
    loaded = true;
    // Whoever commands the registrars, each instance hears what they say of the places that they probe.
    parts.dispatchers.changed();
    leaveElection = store.elect(candidate(parts, () => loadProvisioned(parts, pool, clock())));
  });
  store.onFailover(() => writeAgain(parts, clock()));
  const checks: readonly ReadinessCheck[] = [
    { name: 'database', essential: false, check: () => store.ping() },
    ...(shared === NO_LOG ? [] : [{ name: 'redis', essential: false, check: () => shared.check() }]),
    { name: 'rows', essential: false, check: async () => refuseToWait(parts.tables) },
    { name: 'registrars', essential: false, check: async () => missNone(parts.unreached.reasons()) },
    {
      name: 'directory',
      essential: true,
      check: async () => {
        if (!loaded) throw new Error('not read yet');
      },
    },
  ];
  await addJourneys(app, { ...parts, registry, checks, pool, clock });
  return app;
}

/**
 * A standby that took over may lack what the old primary had committed last, while we know it: so every binding is written
 * again, by the instance that commands.
 */
function writeAgain({ commanded, directory, endpointRows, accepted }: Parts, now: number): void {
  if (!commanded.commands) return;
  for (const endpoint of directory.allEndpoints(now)) {
    endpointRows.put(rowOf(endpoint), { kind: 'put', endpoint });
  }
  accepted.putAll();
}

/** Rows are always on their way; they wait when Postgres doesn't take them. */
function refuseToWait(tables: Parts['tables']): void {
  const behind = Object.entries(tables).filter(([, { failing }]) => failing);
  if (behind.length === 0) return;
  const words = behind.map(([table, { waiting }]) => `${waiting} of ${table}`);
  throw new Error(`kept until Postgres takes them: ${words.join(', ')}`);
}

/** Calls go on there by what a registrar holds; it isn't told what changes. */
function missNone(reasons: ReadonlyMap<string, string>): void {
  if (reasons.size === 0) return;
  throw new Error(`can't be reached: ${[...reasons.keys()].join(', ')}`);
}

/** Whether this instance commands the registrars. */
function candidate(
  { endpoints, accepted, commanded, dispatchers, shared }: Parts,
  reload: () => Promise<void>,
): Candidate {
  let stoodBy = false;
  return {
    hears: () => shared === NO_LOG || shared.connected,
    won: async () => {
      // What was changed while another instance commanded them is in Postgres, if it was not heard.
      if (stoodBy && !shared.connected) {
        await Promise.all([endpoints.committed(), accepted.committed()]);
        await reload();
      }
      commanded.start();
      dispatchers.changed();
    },
    lost: () => {
      stoodBy = true;
      commanded.standBy();
    },
  };
}

interface JourneyDeps extends Parts {
  readonly registry: Registry;
  readonly checks: readonly ReadinessCheck[];
  readonly pool: Store['pool'];
  readonly clock: () => number;
}

async function addJourneys(app: FastifyInstance, deps: JourneyDeps): Promise<void> {
  const { live, registry, checks, commanded, shared, tables } = deps;
  const written = Object.values(tables);
  const counts = new CallCounts(registry, {
    directory: deps.directory,
    behind: () => {
      if (commanded.standsBy && !shared.connected) return 'standing_by';
      return written.some(({ failing }) => failing) ? 'database_away' : null;
    },
  });
  // The hot routes: whatever is added for people goes into the other scopes, and costs no call anything.
  await app.register(async (hot) => {
    registerJourney(hot, { ...live, ...deps });
    inviteJourney(hot, { ...live, ...deps, counts });
  });
  await app.register(async (rest) => outcomeJourney(rest, deps));
  await app.register(async (people) => {
    await addSecurityHeaders(people);
    writtenFirst(people, deps.changes);
    await people.register(async (rest) =>
      adminJourney(rest, { ...deps, registrars: deps.kamailios, reviewed: deps.registrars }),
    );
    healthJourney(people, deps);
    changesJourney(people, deps);
    keyRoutes(people, { keys: deps.keys, orders: deps.keyOrders });
  });
  answerReadiness(app, checks);
  const ready = async () => {
    const failed = new Set((await notReady(checks)).map(({ name }) => name));
    return checks.map(({ name }) => ({ name, ready: !failed.has(name) }));
  };
  await app.register(async (rest) =>
    metricsJourney(rest, {
      ...live,
      ...deps,
      healths: deps.countedHealths,
      registrars: commanded,
      counts,
      version,
      ready,
    }),
  );
}

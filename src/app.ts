import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import pino from 'pino';
import { Registry } from 'prom-client';
import { adminJourney } from './admin/admin.js';
import { loadContactCenters } from './admin/load-contact-centers.sql.js';
import { loadNodes } from './admin/load-nodes.sql.js';
import { ChangeLog } from './changes/change-log.js';
import { changesJourney } from './changes/changes.route.js';
import { Directory } from './directory/directory.js';
import { replaceContents } from './directory/replace-contents.js';
import { AnsweredProbes } from './health/answered-probes.js';
import { loadAnsweredProbes } from './health/answered-probes.sql.js';
import { BypassClock } from './health/bypass-clock.js';
import { healthJourney } from './health/health.route.js';
import { loadBypass } from './health/load-bypass.sql.js';
import { loadOverrides } from './health/load-overrides.sql.js';
import { OverrideOrders } from './health/override-orders.js';
import { HoldAndRetry } from './invite/hold-and-retry.js';
import { inviteJourney } from './invite/invite.route.js';
import { type AppendBranch, appendBranch } from './kamailio/append-branch.js';
import { Dispatchers } from './kamailio/dispatchers.js';
import { jsonRpc, type Rpc } from './kamailio/json-rpc.js';
import { Registrars } from './kamailio/registrars.js';
import { Agents } from './live/agents.js';
import { BUSY_MS } from './live/call-progress.js';
import { Healths } from './live/healths.js';
import { LiveCalls } from './live/live-calls.js';
import { Overrides } from './live/overrides.js';
import { CallCounts } from './metrics/call-counts.js';
import { metricsJourney } from './metrics/metrics.route.js';
import { countRequests } from './metrics/requests.route.js';
import { findCallsGoingOn } from './outcome/find-calls-going-on.sql.js';
import { History } from './outcome/history.js';
import { outcomeJourney } from './outcome/outcome.route.js';
import { restoreCalls } from './outcome/restore-calls.js';
import { takeJsonOnly } from './plugins/json-bodies.js';
import { describe, version } from './plugins/openapi.js';
import { answer, answerProblems, asProblem } from './plugins/problems.js';
import { answerReadiness, notReady, type ReadinessCheck } from './plugins/readiness.js';
import { validatorCompiler } from './plugins/validation.js';
import { AcceptedEndpoints } from './register/accepted-endpoints.js';
import type { EndpointChange } from './register/endpoint-change.js';
import { loadAcceptedEndpoints } from './register/load-accepted-endpoints.sql.js';
import { loadEndpoints } from './register/load-endpoints.sql.js';
import { registerJourney } from './register/register.route.js';
import { type AcceptedChange, saveAcceptedEndpoints } from './register/save-accepted-endpoints.sql.js';
import { saveEndpoints } from './register/save-endpoints.sql.js';
import { GroupCommit } from './store/group-commit.js';
import type { Store } from './store/open-store.js';

export interface AppDeps {
  /** Opened, and in the end closed, by whoever builds the app. */
  readonly store: Pick<Store, 'pool' | 'ping' | 'elect'>;
  /** ms since the epoch. */
  readonly clock?: () => number;
  readonly logger?: FastifyBaseLogger;
  /** How Kamailios are commanded. */
  readonly rpc?: Rpc;
  /** How calls on hold are given another target. */
  readonly append?: AppendBranch;
}

/** Far more than any REGISTER or INVITE; documents have a limit of their own. */
const BODY_BYTES = 64 * 1024;
/** The longest path parameter there is, a domain; longer ones are refused before anything looks at them. */
const PARAM_LENGTH = 253;
/** In one commit of REGISTERs: what Postgres writes in some tens of ms. */
const ENDPOINTS_AT_ONCE = 1_000;

/** The whole service but for its listening socket. It is ready when the directory has been read from Postgres. */
export async function buildApp({
  store,
  clock = Date.now,
  logger = pino({ level: 'silent' }),
  rpc = jsonRpc,
  append = appendBranch,
}: AppDeps): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: logger,
    // Two log lines a request would halve what a hot route can take; problems are logged where they are answered.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    routerOptions: { maxParamLength: PARAM_LENGTH },
    // A routing script's connection may bring one more question while the last answers leave: it is answered.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void answer(asProblem(error), request, reply),
  });
  app.setValidatorCompiler(validatorCompiler());
  takeJsonOnly(app);
  answerProblems(app);
  const registry = new Registry();
  countRequests(app, registry);
  await describe(app);

  const { pool } = store;
  const directory = new Directory();
  const history = new History({ pool, log: app.log, clock });
  const changes = new ChangeLog({ pool, log: app.log, clock });
  const agents = new Agents({ directory, clock });
  const calls = new LiveCalls(agents);
  const answeredProbes = new AnsweredProbes({ pool, log: app.log });
  const healths = new Healths({ directory, changes, memory: answeredProbes, log: app.log });
  calls.follow((event) => healths.became(event));
  const overrides = new Overrides();
  const live = { standings: healths, overrides, agents, calls };
  const orders = new OverrideOrders({ pool, directory, overrides, changes, clock, log: app.log });
  const bypass = new BypassClock({ ...live, directory, changes });
  const holds = new HoldAndRetry({ ...live, directory, history, append, clock });
  const registrars = new Registrars({ directory, rpc, log: app.log, clock });
  const dispatchers = new Dispatchers({
    directory,
    rpc,
    log: app.log,
    commands: () => registrars.commands,
    heard: (node, place, answered) => healths.probe(node, place, answered, clock()),
  });
  const kamailios = {
    changed: (aors: Iterable<string>) => {
      registrars.changed(aors);
      dispatchers.changed();
    },
    started: (node: string) => {
      registrars.started(node);
      dispatchers.started(node);
    },
  };
  const endpoints = new GroupCommit<string, EndpointChange>({
    write: (rows) => saveEndpoints(pool, rows.values()),
    log: app.log,
    maxRows: ENDPOINTS_AT_ONCE,
  });
  const acceptedChanges = new GroupCommit<string, AcceptedChange>({
    write: (rows) => saveAcceptedEndpoints(pool, rows.values()),
    log: app.log,
    maxRows: ENDPOINTS_AT_ONCE,
  });
  const accepted = new AcceptedEndpoints(acceptedChanges);
  const tables = { endpoints, accepted_endpoints: acceptedChanges, ...history.tables, ...changes.tables };
  const written = Object.values(tables);
  const counts = new CallCounts(registry, {
    directory,
    behind: () => {
      if (registrars.standsBy) return 'standing_by';
      return written.some(({ failing }) => failing) ? 'database_away' : null;
    },
  });
  // Hooks run in reverse order: these are closed after the journeys, which still put into them.
  let leaveElection = async () => {};
  app.addHook('onClose', async () => {
    agents.close();
    await leaveElection();
    await holds.close();
    await Promise.all([registrars.close(), dispatchers.close()]);
    await answeredProbes.close();
    await Promise.all([endpoints.close(), acceptedChanges.close(), history.close(), changes.close()]);
  });

  const load = async () => {
    const [centers, stored] = [await loadContactCenters(pool), await loadEndpoints(pool)];
    replaceContents(directory, { centers, endpoints: stored, nodes: await loadNodes(pool) });
    accepted.load(await loadAcceptedEndpoints(pool));
    const ordered = await loadOverrides(pool, clock());
    for (const override of overrides.all()) overrides.remove(override);
    for (const override of ordered) overrides.put(override);
  };
  let stoodBy = false;
  const candidate = {
    won: async () => {
      // What was changed while another instance commanded them is in Postgres.
      if (stoodBy) {
        await Promise.all([endpoints.committed(), accepted.committed()]);
        await load();
      }
      registrars.start();
      dispatchers.changed();
    },
    lost: () => {
      stoodBy = true;
      registrars.standBy();
    },
  };
  let loaded = false;
  app.addHook('onReady', async () => {
    await load();
    restoreCalls(calls, directory, await findCallsGoingOn(pool, clock() - BUSY_MS));
    bypass.load(await loadBypass(pool), clock());
    healths.load(await loadAnsweredProbes(pool));
    agents.start();
    loaded = true;
    // Whoever commands the registrars, each instance hears what they say of the places that they probe.
    dispatchers.changed();
    leaveElection = store.elect(candidate);
  });

  // The hot routes: whatever is added for people goes into the other scopes, and costs no call anything.
  await app.register(async (hot) => {
    registerJourney(hot, { ...live, directory, registrars, endpoints, accepted, clock });
    inviteJourney(hot, { ...live, directory, history, counts, pool, clock });
  });
  await app.register(async (rest) => outcomeJourney(rest, { history, calls, pool, clock }));
  await app.register(async (rest) =>
    adminJourney(rest, {
      pool,
      directory,
      registrars: kamailios,
      reviewed: registrars,
      calls,
      changes,
      clock,
    }),
  );
  await app.register(async (rest) =>
    healthJourney(rest, { directory, healths, overrides, orders, bypass, agents, clock }),
  );
  await app.register(async (rest) => changesJourney(rest, { changes, directory, pool, clock }));
  const checks: readonly ReadinessCheck[] = [
    { name: 'database', check: () => store.ping() },
    {
      name: 'directory',
      check: async () => {
        if (!loaded) throw new Error('not read yet');
      },
    },
  ];
  answerReadiness(app, checks);
  const ready = async () => {
    const failed = new Set((await notReady(checks)).map(({ name }) => name));
    return checks.map(({ name }) => ({ name, ready: !failed.has(name) }));
  };
  await app.register(async (rest) =>
    metricsJourney(rest, {
      ...{ ...live, registry, counts, version, tables, ready },
      ...{ directory, healths, bypass, holds, registrars, clock },
    }),
  );
  return app;
}

import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import pino from 'pino';
import { adminJourney } from './admin/admin.js';
import { loadContactCenters } from './admin/load-contact-centers.sql.js';
import { loadNodes } from './admin/load-nodes.sql.js';
import { Directory } from './directory/directory.js';
import { inviteJourney } from './invite/invite.route.js';
import { jsonRpc, type Rpc } from './kamailio/json-rpc.js';
import { Registrars } from './kamailio/registrars.js';
import { History } from './outcome/history.js';
import { outcomeJourney } from './outcome/outcome.route.js';
import { takeJsonOnly } from './plugins/json-bodies.js';
import { describe } from './plugins/openapi.js';
import { answer, answerProblems, asProblem } from './plugins/problems.js';
import { answerReadiness } from './plugins/readiness.js';
import { validatorCompiler } from './plugins/validation.js';
import type { EndpointChange } from './register/endpoint-change.js';
import { loadEndpoints } from './register/load-endpoints.sql.js';
import { registerJourney } from './register/register.route.js';
import { saveEndpoints } from './register/save-endpoints.sql.js';
import { GroupCommit } from './store/group-commit.js';
import type { Store } from './store/open-store.js';

export interface AppDeps {
  /** Opened, and in the end closed, by whoever builds the app. */
  readonly store: Pick<Store, 'pool' | 'ping'>;
  /** ms since the epoch. */
  readonly clock?: () => number;
  readonly logger?: FastifyBaseLogger;
  /** How Kamailios are commanded. */
  readonly rpc?: Rpc;
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
  await describe(app);

  const { pool } = store;
  const directory = new Directory();
  const history = new History({ pool, log: app.log, clock });
  const registrars = new Registrars({ directory, rpc, log: app.log, clock });
  const endpoints = new GroupCommit<string, EndpointChange>({
    write: (rows) => saveEndpoints(pool, rows.values()),
    log: app.log,
    maxRows: ENDPOINTS_AT_ONCE,
  });
  // Hooks run in reverse order: these are closed after the journeys, which still put into them.
  app.addHook('onClose', async () => {
    await registrars.close();
    await Promise.all([endpoints.close(), history.close()]);
  });

  let loaded = false;
  app.addHook('onReady', async () => {
    for (const center of await loadContactCenters(pool)) directory.putContactCenter(center);
    for (const endpoint of await loadEndpoints(pool)) directory.putEndpoint(endpoint);
    for (const node of await loadNodes(pool)) directory.putNode(node);
    loaded = true;
    registrars.start();
  });

  // The hot routes: whatever is added for people goes into the other scopes, and costs no call anything.
  await app.register(async (hot) => {
    registerJourney(hot, { directory, registrars, endpoints, clock });
    inviteJourney(hot, { directory, history, clock });
  });
  await app.register(async (rest) => outcomeJourney(rest, { history, pool, clock }));
  await app.register(async (rest) => adminJourney(rest, { pool, directory, registrars, clock }));
  answerReadiness(app, [
    { name: 'database', check: () => store.ping() },
    {
      name: 'directory',
      check: async () => {
        if (!loaded) throw new Error('not read yet');
      },
    },
  ]);
  return app;
}

/**
 * What the service is measured against, as a process of its own:
 * `baseline.ts <database URL> <port of the bare Fastify> <its answer> <port of one commit per request>`.
 */
import Fastify, { LogController } from 'fastify';
import pino from 'pino';
import { EVERYBODY } from '../../src/access/access.js';
import { loadContactCenters } from '../../src/admin/load-contact-centers.sql.js';
import { loadNodes } from '../../src/admin/load-nodes.sql.js';
import { Directory } from '../../src/directory/directory.js';
import { RouteDocument, RouteRequest } from '../../src/invite/invite.schema.js';
import { Registrars } from '../../src/kamailio/registrars.js';
import { HEALTHY } from '../../src/live/standing.js';
import { answerProblems } from '../../src/plugins/problems.js';
import { validatorCompiler } from '../../src/plugins/validation.js';
import { AcceptedEndpoints } from '../../src/register/accepted-endpoints.js';
import { loadEndpoints } from '../../src/register/load-endpoints.sql.js';
import { registerJourney } from '../../src/register/register.route.js';
import { openStore } from '../../src/store/open-store.js';
import { OneCommitEach } from './one-commit-each.js';

const [databaseUrl = '', barePort, answer = '', oneCommitPort] = process.argv.slice(2);
const log = pino({ level: 'silent' });

/** Fastify with the schemas of /v1/route, and nothing behind them. */
async function listenBare() {
  const app = Fastify();
  const document: unknown = JSON.parse(answer);
  const schema = { body: RouteRequest, response: { 200: RouteDocument } };
  app.post('/v1/route', { schema }, async () => document);
  await app.listen({ host: '127.0.0.1', port: Number(barePort) });
}

/** The journey of a REGISTER as the service has it, but for the group commit. */
async function listenOneCommit() {
  const { pool } = await openStore({ DATABASE_URL: databaseUrl, DATA_DIR: '' }, log);
  const directory = new Directory();
  for (const center of await loadContactCenters(pool)) directory.putContactCenter(center);
  for (const endpoint of await loadEndpoints(pool)) directory.putEndpoint(endpoint);
  for (const node of await loadNodes(pool)) directory.putNode(node);
  const clock = Date.now;
  const app = Fastify({ logController: new LogController({ disableRequestLogging: true }) });
  app.setValidatorCompiler(validatorCompiler);
  answerProblems(app);
  app.decorateRequest('access', { getter: () => EVERYBODY });
  const registrars = new Registrars({ directory, log, clock });
  registrars.start();
  registerJourney(app, {
    ...{ directory, registrars, endpoints: new OneCommitEach(pool), clock },
    otherRegisters: { registered: () => {}, follow: () => {} },
    // No contact center here registers its agents itself.
    accepted: new AcceptedEndpoints({ put: () => {}, committed: async () => {}, stored: async () => true }),
    standings: { standing: () => HEALTHY },
    overrides: { active: () => [] },
    calls: { follow: () => {} },
  });
  await app.listen({ host: '127.0.0.1', port: Number(oneCommitPort) });
}

await listenBare();
await listenOneCommit();

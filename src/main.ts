import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import { haveKeys } from './access/have-keys.sql.js';
import { isLoopback, mayListen } from './access/may-listen.js';
import { readTls, TlsFileError } from './access/tls-files.js';
import { buildApp } from './app.js';
import { type Config, ConfigError, loadConfig } from './config.js';
import { Problem } from './errors.js';
import { changeTls } from './plugins/server.js';
import { parseRedisUrl } from './redis-url.js';
import type { SharedLog } from './share/shared-log.js';
import { openStore } from './store/open-store.js';
import { StoreError } from './store/store-error.js';

/** How long requests that are being answered may take to end. */
const IN_FLIGHT_MS = 5_000;
/** All of the stop; docker kills after ten seconds, and then nobody would learn what was not written. */
const STOP_MS = 9_000;

const config = readConfig();
const log = pino({
  level: config.LOG_LEVEL,
  timestamp: pino.stdTimeFunctions.isoTime,
});
const stopping = new AbortController();

// Rejections that nobody handles arrive here too. What state they leave behind nobody knows: start afresh.
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'crashed');
  process.exit(1);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) return;
    log.info({ signal }, 'stopping');
    stopping.abort();
    setTimeout(() => {
      log.error(`not stopped within ${STOP_MS} ms; what was not written by now is lost`);
      process.exit(1);
    }, STOP_MS).unref();
  });
}

try {
  await run();
  process.exit(0);
} catch (error) {
  if (stopping.signal.aborted && error instanceof StoreError) {
    log.info(`stopped: ${error.message}`);
    process.exit(0);
  }
  fail(reasonOf(error));
}

function readConfig(): Config {
  try {
    return loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) return fail(...error.lines);
    throw error;
  }
}

async function run(): Promise<void> {
  const { HOST, PERSONAL_DATA_DAYS: personalDataDays } = config;
  const tls = readTls(config);
  const store = await openStore(config, log, stopping.signal);
  const keys = await haveKeys(store.pool);
  const clientCertificates = tls?.ca !== undefined;
  const { refusal, warning } = mayListen({ host: HOST, keys, tls: tls !== undefined, clientCertificates });
  if (refusal) {
    await store.close();
    fail(refusal);
  }
  if (warning) log.warn(warning);
  const shared = await sharedLog();
  const app = await buildApp({
    ...{ store, logger: log, tls, personalDataDays },
    demandKeys: clientCertificates || !isLoopback(HOST),
    ...(shared && { shared }),
  });
  if (tls) process.on('SIGHUP', () => readTlsAgain(app));
  await app.listen({ host: config.HOST, port: config.PORT });
  await stopped();

  const cut = setTimeout(() => app.server.closeAllConnections(), IN_FLIGHT_MS);
  await app.close();
  clearTimeout(cut);
  await store.close();
  log.info('stopped');
}

/** The client of Redis is loaded by whoever uses one: it takes a tenth of a start. */
async function sharedLog(): Promise<SharedLog | undefined> {
  const url = config.REDIS_URL === undefined ? undefined : parseRedisUrl(config.REDIS_URL);
  if (!url) return undefined;
  const { RedisLog } = await import('./share/redis-log.js');
  return new RedisLog({ url, log });
}

/** With a file that can't be used it goes on as before. */
function readTlsAgain(app: FastifyInstance): void {
  try {
    const tls = readTls(config);
    if (tls) changeTls(app, tls);
    log.info('the certificates were read again');
  } catch (error) {
    log.error((error as Error).message);
  }
}

function stopped(): Promise<void> {
  const { signal } = stopping;
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `Port ${config.PORT} of ${config.HOST} is taken by another program (PORT)`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${config.HOST} is no address of this machine (HOST)`;
  if (code === 'EACCES') return `Port ${config.PORT} may not be listened on by this user (PORT)`;
  // What is expected to go wrong explains itself; of anything else the stack is needed.
  if (!(error instanceof StoreError || error instanceof TlsFileError || error instanceof Problem))
    log.fatal({ err: error }, 'could not start');
  return message;
}

function fail(...lines: readonly string[]): never {
  for (const line of lines) process.stderr.write(`understudy: ${line.replaceAll('\n', ' ')}\n`);
  process.exit(1);
}

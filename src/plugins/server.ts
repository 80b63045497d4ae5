import type { Server } from 'node:https';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import type { Tls } from '../access/tls-files.js';
import { limitConnections } from './connections.js';
import { takeJsonOnly } from './json-bodies.js';
import { printLargeAnswersInSlices } from './large-answers.js';
import { readLargeBodies } from './large-bodies.js';
import { answer, answerProblems, asProblem } from './problems.js';
import { buildSerializer, validatorCompiler } from './validation.js';

/** The longest SIP message by UDP, and far more than an agent; whole contact centers have a limit of their own. */
const BODY_BYTES = 64 * 1024;
/** The longest path parameter there is, a domain; longer ones are refused before anything looks at them. */
const PARAM_LENGTH = 253;
/**
 * A client that sends its request, its headers or its side of the TLS handshake more slowly is cut off. The largest document
 * takes a line of 4 Mbit/s, or less; a routing script's request is one packet.
 */
const TIMES = { requestTimeout: 60_000, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 };
const HANDSHAKE_MS = 10_000;
/** Longer than any that we know what to do with. */
const HEADER_BYTES = 8 * 1024;

/** The server without its routes; with `tls`, on HTTPS. */
export function newServer(logger: FastifyBaseLogger, tls: Tls | undefined): FastifyInstance {
  const http = { ...TIMES, maxHeaderSize: HEADER_BYTES };
  const options: FastifyServerOptions = {
    loggerInstance: logger,
    // Two log lines a request would halve what a hot route can take; problems are logged where they are answered.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    requestTimeout: TIMES.requestTimeout,
    schemaController: { compilersFactory: { buildSerializer } },
    routerOptions: { maxParamLength: PARAM_LENGTH },
    // A routing script's connection may bring one more question while the last answers leave: it is answered.
    return503OnClosing: false,
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      void answer(asProblem(error), request, reply),
  };
  // Who shows no certificate, or another's, may still have an API key.
  const verified = { requestCert: tls?.ca !== undefined, rejectUnauthorized: false };
  const listens = tls
    ? { https: { ...http, ...tls, ...verified, handshakeTimeout: HANDSHAKE_MS } }
    : { http };
  const app = Fastify({ ...options, ...listens } as FastifyServerOptions) as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  limitConnections(app.server);
  takeJsonOnly(app);
  readLargeBodies(app, BODY_BYTES);
  printLargeAnswersInSlices(app);
  answerProblems(app);
  return app;
}

/** From now on new connections are made with these; those that are open stay as they are. */
export function changeTls(app: FastifyInstance, tls: Tls): void {
  (app.server as unknown as Server).setSecureContext(tls);
}

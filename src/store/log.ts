import type { BaseLogger } from 'pino';

/** What the store needs of a logger; Fastify's and pino's both are one. */
export type Log = Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>;

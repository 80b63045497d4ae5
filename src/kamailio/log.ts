import type { BaseLogger } from 'pino';

/** What the registrars' work needs of a logger; Fastify's and pino's both are one. */
export type Log = Pick<BaseLogger, 'info' | 'warn'>;

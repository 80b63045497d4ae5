import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { contactCenterInQuery } from '../access/subject.js';
import type { Directory } from '../directory/directory.js';
import { contactCentersAsked, domainIn } from '../directory/find-contact-center.js';
import { Problem } from '../errors.js';
import { translateError } from '../store/translate-error.js';
import type { ChangeLog } from './change-log.js';
import {
  BypassDocument,
  BypassQuery,
  type ChangeDocument,
  ChangesDocument,
  ChangesQuery,
} from './changes.schema.js';
import { findBypass } from './find-bypass.sql.js';
import { type FoundChange, findChanges } from './find-changes.sql.js';
import { listBypass } from './list-bypass.js';

export interface ChangesDeps {
  readonly changes: ChangeLog;
  readonly directory: Directory;
  readonly pool: Pool;
  readonly clock: () => number;
}

const MONTH_MS = 30 * 24 * 3_600_000;

/** Who changed what, and for how long contact centers were in bypass. */
export function changesJourney(app: FastifyInstance, deps: ChangesDeps): void {
  const { changes, directory, pool, clock } = deps;
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/v1/changes',
    {
      schema: {
        operationId: 'listChanges',
        tags: ['insight'],
        summary: 'Changes of configuration, overrides, health, bypass and agents, the newest first.',
        querystring: ChangesQuery,
        response: { 200: ChangesDocument },
      },
      config: { scope: 'read', subject: contactCenterInQuery, problems: ['store_unavailable'] },
    },
    async (request) => {
      const { contact_center, kind, subject, since, limit } = request.query;
      const domain = contact_center === undefined ? undefined : domainIn('/contact_center', contact_center);
      const oldest = since === undefined ? Number.NEGATIVE_INFINITY : Problem.timeInField('/since', since);
      const { domains } = request.access;
      const wanted = { domain, domains, kind, subject, since: oldest, limit };
      await changes.committed().catch(translateError);
      const found = await findChanges(pool, wanted).catch(translateError);
      return { changes: found.map(asDocument) };
    },
  );

  routes.get(
    '/v1/bypass',
    {
      schema: {
        operationId: 'getBypass',
        tags: ['insight'],
        summary: 'For how long was each contact center, and each skillset, in bypass?',
        querystring: BypassQuery,
        response: { 200: BypassDocument },
      },
      config: {
        scope: 'read',
        subject: contactCenterInQuery,
        problems: ['unknown_contact_center', 'store_unavailable'],
      },
    },
    async (request) => {
      const { contact_center, since: asked } = request.query;
      const now = clock();
      const since = asked === undefined ? now - MONTH_MS : Problem.timeInField('/since', asked);
      const centers = contactCentersAsked(directory, contact_center, request.access);
      const domains = centers.map(({ domain }) => domain);
      await changes.committed().catch(translateError);
      const found = await findBypass(pool, { domains, since }).catch(translateError);
      return {
        since: new Date(since).toISOString(),
        until: new Date(now).toISOString(),
        bypass: listBypass(centers, found, since, now).map(({ changed_at, ...line }) => ({
          ...line,
          changed_at: changed_at === null ? null : new Date(changed_at).toISOString(),
        })),
      };
    },
  );
}

function asDocument({ at, domain, ...change }: FoundChange): ChangeDocument {
  return { at: at.toISOString(), contact_center: domain, ...change };
}

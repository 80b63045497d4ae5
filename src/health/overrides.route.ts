import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { askerOf, authorOf } from '../access/author.js';
import { contactCenterInBody, contactCenterInQuery } from '../access/subject.js';
import type { Directory } from '../directory/directory.js';
import { domainIn } from '../directory/find-contact-center.js';
import { Problem } from '../errors.js';
import { Author } from '../http/author.schema.js';
import { Gone } from '../http/no-body.schema.js';
import type { Overrides } from '../live/overrides.js';
import { checkOverride } from './check-override.js';
import { documentOf, type OverrideOrders } from './override-orders.js';
import {
  OverrideBody,
  OverrideDocument,
  OverrideParams,
  OverridesDocument,
  OverridesQuery,
} from './overrides.schema.js';

const PATH = '/v1/overrides';

export interface OverrideRoutesDeps {
  readonly directory: Directory;
  readonly overrides: Overrides;
  readonly orders: OverrideOrders;
  readonly clock: () => number;
}

export function overrideRoutes(app: FastifyInstance, deps: OverrideRoutesDeps): void {
  const { directory, overrides, orders, clock } = deps;
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['operation'];

  routes.post(
    PATH,
    {
      schema: {
        operationId: 'orderOverride',
        tags,
        summary: 'Force bypass, force normal, drain a location or hold a drill, for a time.',
        body: OverrideBody,
        response: { 201: OverrideDocument },
      },
      config: { scope: 'admin', subject: contactCenterInBody, problems: ['store_unavailable'] },
    },
    async (request, reply) => {
      const order = { ...checkOverride(directory, request.body), asked_by: askerOf(request) };
      const override = await orders.order(order);
      return reply.code(201).send(documentOf(override));
    },
  );

  routes.get(
    PATH,
    {
      schema: {
        operationId: 'listOverrides',
        tags,
        summary: 'What is ordered now.',
        querystring: OverridesQuery,
        response: { 200: OverridesDocument },
      },
      config: { scope: 'read', subject: contactCenterInQuery },
    },
    async (request) => {
      const { contact_center } = request.query;
      const domain = contact_center === undefined ? undefined : domainIn('/contact_center', contact_center);
      const now = clock();
      const all = overrides.all().filter(({ expires_at }) => expires_at > now);
      const wanted = all.filter(
        (one) => request.access.covers(one.domain) && (domain === undefined || one.domain === domain),
      );
      return { overrides: wanted.map(documentOf) };
    },
  );

  routes.delete(
    `${PATH}/:id`,
    {
      schema: {
        operationId: 'withdrawOverride',
        tags,
        summary: 'Take back what was ordered; it ends at once.',
        params: OverrideParams,
        headers: Author,
        response: { 204: Gone },
      },
      config: { scope: 'admin', subject: 'own', problems: ['not_found', 'store_unavailable'] },
    },
    async (request, reply) => {
      const override = overrides.find(request.params.id.toLowerCase());
      if (!override || override.expires_at <= clock() || !request.access.covers(override.domain)) {
        throw new Problem('not_found', 'No such override is in force');
      }
      await orders.withdraw(override, authorOf(request));
      return reply.code(204).send();
    },
  );
}

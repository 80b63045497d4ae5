import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Access } from '../access/access.js';
import { contactCenterInQuery } from '../access/subject.js';
import type { Directory } from '../directory/directory.js';
import { contactCentersAsked } from '../directory/find-contact-center.js';
import { placesOf, placeUri } from '../directory/place-uri.js';
import { Problem } from '../errors.js';
import { type DescribeDeps, describeHealth } from './describe-health.js';
import { HealthDocument, HealthQuery, ProbeReport } from './health.schema.js';

export interface PlaceRoutesDeps extends DescribeDeps {
  /** Takes what a node says of a place. */
  readonly probed: (node: string, place: string, answered: boolean) => void;
  readonly directory: Directory;
  readonly clock: () => number;
}

export function placeRoutes(app: FastifyInstance, deps: PlaceRoutesDeps): void {
  const { directory, probed, clock } = deps;
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.post(
    '/v1/health',
    {
      schema: {
        operationId: 'reportProbe',
        tags: ['routing'],
        summary: 'A probed place has changed; repeats and unknown places are harmless.',
        body: ProbeReport,
        response: { 204: Type.Null({ description: 'Taken.' }) },
      },
      config: { scope: 'signalling', subject: 'own' },
    },
    async (request, reply) => {
      const { node, uri, state } = request.body;
      const place = Problem.inField('/uri', () => placeUri(uri));
      if (isOwnPlace(request.access, place)) probed(node, place, state === 'up');
      return reply.code(204).send(null);
    },
  );

  routes.get(
    '/v1/health',
    {
      schema: {
        operationId: 'getHealth',
        tags: ['insight'],
        summary: 'Who is in bypass, and how does each location and treatment stand?',
        querystring: HealthQuery,
        response: { 200: HealthDocument },
      },
      config: { scope: 'read', subject: contactCenterInQuery, problems: ['unknown_contact_center'] },
    },
    async ({ query: { contact_center }, access }) => {
      const centers = contactCentersAsked(directory, contact_center, access);
      const now = clock();
      return { contact_centers: centers.map((center) => describeHealth(deps, center, now)) };
    },
  );

  /** Whoever is limited is heard of places that are nobody else's; of all others as of unknown ones. */
  function isOwnPlace(access: Access, place: string): boolean {
    if (access.domains === null) return true;
    const others = directory.contactCenters().filter(({ domain }) => !access.covers(domain));
    return !others.some((center) => placesOf(center).has(place));
  }
}

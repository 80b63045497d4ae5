import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { authorOf } from '../access/author.js';
import { domainInPath } from '../access/subject.js';
import { completeLocations } from './complete-contact-center.js';
import { LocationsBody, LocationsDocument } from './contact-center.schema.js';
import type { ContactCenters } from './contact-centers.js';
import { checkPreconditions, etagOf, isFresh } from './etag.js';
import { parseDomain } from './parse-domain.js';
import { Conditional, DomainParams, Fresh, tagged } from './provisioning.schema.js';

const PATH = '/v1/contact-centers/:domain/locations';

/** Their order is what matters about them, so they are changed as one list. */
export function locationRoutes(app: FastifyInstance, centers: ContactCenters): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['provisioning'];

  routes.get(
    PATH,
    {
      schema: {
        operationId: 'listLocations',
        tags,
        summary: 'The locations of a contact center, the first to be tried first.',
        params: DomainParams,
        response: { 200: tagged(LocationsDocument, 'The locations.'), 304: Fresh },
      },
      config: { scope: 'read', subject: domainInPath, problems: ['unknown_contact_center'] },
    },
    async (request, reply) => {
      const { locations } = centers.find(parseDomain(request.params.domain));
      reply.header('etag', await etagOf(locations));
      return (await isFresh(request.headers, locations)) ? reply.code(304).send() : reply.send({ locations });
    },
  );

  routes.put(
    PATH,
    {
      schema: {
        operationId: 'putLocations',
        tags,
        summary: 'Make these the locations of a contact center.',
        params: DomainParams,
        headers: Conditional,
        body: LocationsBody,
        response: { 200: tagged(LocationsDocument, 'Made so.') },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: ['unknown_contact_center', 'precondition_failed', 'store_unavailable'],
      },
    },
    async (request, reply) => {
      const domain = parseDomain(request.params.domain);
      const { locations } = await centers.change(domain, authorOf(request), async (current) => {
        await checkPreconditions(request.headers, current.locations);
        return { center: { ...current, locations: completeLocations(request.body.locations) } };
      });
      return reply.header('etag', await etagOf(locations)).send({ locations });
    },
  );
}

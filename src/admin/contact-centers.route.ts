import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { authorOf } from '../access/author.js';
import { domainInPath } from '../access/subject.js';
import { Gone } from '../http/no-body.schema.js';
import { completeContactCenter } from './complete-contact-center.js';
import { ContactCenterBody, ContactCenterDocument, ContactCenterSummary } from './contact-center.schema.js';
import type { ContactCenters } from './contact-centers.js';
import { checkPreconditions, etagOf, isFresh } from './etag.js';
import { DOCUMENT_BYTES } from './limits.js';
import { checkSame, parseDomain } from './parse-domain.js';
import { Conditional, DomainParams, Fresh, tagged } from './provisioning.schema.js';

const PATH = '/v1/contact-centers/:domain';

export function contactCenterRoutes(app: FastifyInstance, centers: ContactCenters): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['provisioning'];

  routes.get(
    '/v1/contact-centers',
    {
      schema: {
        operationId: 'listContactCenters',
        tags,
        summary: 'Which contact centers are there?',
        response: { 200: Type.Object({ contact_centers: Type.Array(ContactCenterSummary) }) },
      },
      config: { scope: 'read', subject: 'own' },
    },
    async ({ access }) => ({
      contact_centers: centers
        .all()
        .filter(({ domain }) => access.covers(domain))
        .map(({ domain, mode, locations, treatments, skillsets, agents }) => ({
          domain,
          mode,
          locations: locations.length,
          treatments: treatments.length,
          skillsets: skillsets.length,
          agents: agents.length,
        })),
    }),
  );

  routes.put(
    PATH,
    {
      schema: {
        operationId: 'putContactCenter',
        tags,
        summary: 'Make the contact center what this document says.',
        params: DomainParams,
        headers: Conditional,
        body: ContactCenterBody,
        response: {
          200: tagged(ContactCenterDocument, 'Made so.'),
          201: tagged(ContactCenterDocument, 'Created.'),
        },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: ['precondition_failed', 'store_unavailable'],
      },
      bodyLimit: DOCUMENT_BYTES,
    },
    async (request, reply) => {
      const { body, headers } = request;
      const domain = parseDomain(request.params.domain);
      if (body.domain !== undefined) checkSame('/domain', domain, parseDomain(body.domain));
      let created = false;
      const center = await centers.save(domain, authorOf(request), async (current) => {
        await checkPreconditions(headers, current);
        created = current === undefined;
        return { center: completeContactCenter(domain, body) };
      });
      return reply
        .code(created ? 201 : 200)
        .header('etag', await etagOf(center))
        .send(center);
    },
  );

  routes.get(
    PATH,
    {
      schema: {
        operationId: 'getContactCenter',
        tags,
        summary: 'The whole document, every default filled in.',
        params: DomainParams,
        response: { 200: tagged(ContactCenterDocument, 'The document.'), 304: Fresh },
      },
      config: { scope: 'read', subject: domainInPath, problems: ['unknown_contact_center'] },
    },
    async (request, reply) => {
      const center = centers.find(parseDomain(request.params.domain));
      reply.header('etag', await etagOf(center));
      return (await isFresh(request.headers, center)) ? reply.code(304).send() : reply.send(center);
    },
  );

  routes.delete(
    PATH,
    {
      schema: {
        operationId: 'deleteContactCenter',
        tags,
        summary: "Forget the contact center, its parts and its agents' phones.",
        params: DomainParams,
        headers: Conditional,
        response: { 204: Gone },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: ['unknown_contact_center', 'precondition_failed', 'store_unavailable'],
      },
    },
    async (request, reply) => {
      const domain = parseDomain(request.params.domain);
      await centers.remove(domain, authorOf(request), (current) =>
        checkPreconditions(request.headers, current),
      );
      return reply.code(204).send();
    },
  );
}

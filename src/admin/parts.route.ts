import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { type Static, type TSchema, Type } from 'typebox';
import { authorOf } from '../access/author.js';
import { domainInPath } from '../access/subject.js';
import { Gone } from '../http/no-body.schema.js';
import type { ContactCenters } from './contact-centers.js';
import { findPart, type PartList, type Parts, withoutPart, withPart } from './edit-contact-center.js';
import { checkPreconditions, etagOf, isFresh } from './etag.js';
import { checkSame, parseDomain } from './parse-domain.js';
import { Conditional, DomainParams, Fresh, PartParams, tagged } from './provisioning.schema.js';

/** One kind of part: what it is called, what a PUT takes, what is answered, and how defaults are filled in. */
export interface PartKind<L extends PartList, B extends TSchema> {
  readonly list: L;
  readonly word: string;
  readonly document: TSchema;
  readonly body: B;
  complete(name: string, body: Static<B>): Parts[L];
}

/** Skillsets, treatments and agents one by one, for callers who change one thing. */
export function partRoutes<L extends PartList, B extends TSchema>(
  app: FastifyInstance,
  centers: ContactCenters,
  { list, word, document, body, complete }: PartKind<L, B>,
): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['provisioning'];
  const all = `/v1/contact-centers/:domain/${list}`;
  const one = `${all}/:name`;
  const id = word.charAt(0).toUpperCase() + word.slice(1);

  routes.get(
    all,
    {
      schema: {
        operationId: `list${id}s`,
        tags,
        summary: `The ${word}s of a contact center.`,
        params: DomainParams,
        response: { 200: Type.Object({ [list]: Type.Immutable(Type.Array(document)) }) },
      },
      config: { scope: 'read', subject: domainInPath, problems: ['unknown_contact_center'] },
    },
    async (request) => ({ [list]: centers.find(parseDomain(request.params.domain))[list] }),
  );

  routes.put(
    one,
    {
      schema: {
        operationId: `put${id}`,
        tags,
        summary: `Make the ${word} what this says.`,
        params: PartParams,
        headers: Conditional,
        body,
        response: { 200: tagged(document, 'Made so.'), 201: tagged(document, 'Created.') },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: ['unknown_contact_center', 'precondition_failed', 'store_unavailable'],
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const given = request.body as Static<B>;
      checkSame('/name', name, (given as { name?: string }).name);
      let created = false;
      const domain = parseDomain(request.params.domain);
      const center = await centers.change(domain, authorOf(request), async (current) => {
        const before = current[list].find((part) => part.name === name);
        await checkPreconditions(request.headers, before);
        created = before === undefined;
        return withPart(current, list, complete(name, given));
      });
      const part = findPart(center, list, name);
      return reply
        .code(created ? 201 : 200)
        .header('etag', await etagOf(part))
        .send(part);
    },
  );

  routes.get(
    one,
    {
      schema: {
        operationId: `get${id}`,
        tags,
        summary: `One ${word}, every default filled in.`,
        params: PartParams,
        response: { 200: tagged(document, `The ${word}.`), 304: Fresh },
      },
      config: { scope: 'read', subject: domainInPath, problems: ['unknown_contact_center', 'not_found'] },
    },
    async (request, reply) => {
      const part = findPart(centers.find(parseDomain(request.params.domain)), list, request.params.name);
      reply.header('etag', await etagOf(part));
      return (await isFresh(request.headers, part)) ? reply.code(304).send() : reply.send(part);
    },
  );

  routes.delete(
    one,
    {
      schema: {
        operationId: `delete${id}`,
        tags,
        summary: `Forget the ${word}, unless another part names it.`,
        params: PartParams,
        headers: Conditional,
        response: { 204: Gone },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: [
          'unknown_contact_center',
          'not_found',
          'conflict',
          'precondition_failed',
          'store_unavailable',
        ],
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      await centers.change(parseDomain(request.params.domain), authorOf(request), async (current) => {
        await checkPreconditions(request.headers, findPart(current, list, name));
        return { center: withoutPart(current, list, name) };
      });
      return reply.code(204).send();
    },
  );
}

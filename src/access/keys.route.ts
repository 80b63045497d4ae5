import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.js';
import { Author } from '../http/author.schema.js';
import { nothing } from '../http/no-body.schema.js';
import { parseHost } from '../sip/host.js';
import type { Access } from './access.js';
import { type ApiKey, documentOf } from './api-key.js';
import { authorOf } from './author.js';
import type { Issued, KeyOrders } from './key-orders.js';
import type { Keys } from './keys.js';
import {
  IssuedKeyDocument,
  KeyBody,
  KeyDocument,
  KeyParams,
  KeysDocument,
  RotateBody,
} from './keys.schema.js';

const PATH = '/v1/keys';
const ONE = `${PATH}/:id`;

export interface KeyRoutesDeps {
  readonly keys: Keys;
  readonly orders: KeyOrders;
}

/** Who may ask for what. A key that is limited to contact centers sees, makes and ends only keys within its own limits. */
export function keyRoutes(app: FastifyInstance, { keys, orders }: KeyRoutesDeps): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['access'];
  const admin = { scope: 'admin', subject: 'own' } as const;

  routes.post(
    PATH,
    {
      schema: {
        operationId: 'createKey',
        tags,
        summary: 'Make an API key. From the first one on every request needs a key.',
        headers: Author,
        body: KeyBody,
        response: { 201: IssuedKeyDocument },
      },
      config: { ...admin, problems: ['conflict', 'store_unavailable'] },
    },
    async (request, reply) => {
      const { name, scopes, contact_centers = null, expires_in_seconds = null } = request.body;
      const domains = contact_centers?.map((text, i) =>
        Problem.inField(`/contact_centers/${i}`, () => parseHost(text)),
      );
      const wanted = { name, scopes, contact_centers: domains ?? null, expires_in_seconds };
      if (!request.access.coversAll(wanted.contact_centers)) {
        throw new Problem('forbidden', 'The API key is limited to other contact centers than the wanted one');
      }
      const issued = await orders.create(wanted, authorOf(request));
      return reply.code(201).header('cache-control', 'no-store').send(issuedDocument(issued));
    },
  );

  routes.get(
    PATH,
    {
      schema: {
        operationId: 'listKeys',
        tags,
        summary:
          'Which API keys are there? Of those that were revoked or have expired the last 1,000 stay in the list.',
        response: { 200: KeysDocument },
      },
      config: admin,
    },
    async ({ access }) => ({
      keys: keys
        .all()
        .filter((key) => isWithin(access, key))
        .map(documentOf),
    }),
  );

  routes.get(
    ONE,
    {
      schema: {
        operationId: 'getKey',
        tags,
        summary: 'One API key, without its secret.',
        params: KeyParams,
        response: { 200: KeyDocument },
      },
      config: { ...admin, problems: ['not_found'] },
    },
    async ({ params, access }) => documentOf(find(params.id, access)),
  );

  routes.post(
    `${ONE}/rotate`,
    {
      schema: {
        operationId: 'rotateKey',
        tags,
        summary: 'Give an API key another secret; for a time both are good.',
        params: KeyParams,
        headers: Author,
        body: RotateBody,
        response: { 200: IssuedKeyDocument },
      },
      config: { ...admin, problems: ['not_found', 'store_unavailable'] },
    },
    async (request, reply) => {
      const { id } = find(request.params.id, request.access);
      const issued = await orders.rotate(id, request.body.overlap_seconds, authorOf(request));
      return reply.header('cache-control', 'no-store').send(issuedDocument(issued));
    },
  );

  routes.delete(
    ONE,
    {
      schema: {
        operationId: 'revokeKey',
        tags,
        summary: 'Revoke an API key, at once; the last one that could make others stays.',
        params: KeyParams,
        headers: Author,
        response: { 204: nothing('It is revoked.') },
      },
      config: { ...admin, problems: ['not_found', 'conflict', 'store_unavailable'] },
    },
    async (request, reply) => {
      const { id } = find(request.params.id, request.access);
      await orders.revoke(id, authorOf(request), { evenLast: false });
      return reply.code(204).send();
    },
  );

  function find(id: string, access: Access): ApiKey {
    const key = keys.find(id.toLowerCase());
    if (!key || !isWithin(access, key)) throw new Problem('not_found', 'There is no such key');
    return key;
  }
}

function isWithin(access: Access, { contact_centers }: ApiKey): boolean {
  return access.coversAll(contact_centers);
}

function issuedDocument({ key, text }: Issued) {
  return { ...documentOf(key), key: text };
}

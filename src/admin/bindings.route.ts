import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { addressInQuery } from '../access/subject.js';
import type { Directory } from '../directory/directory.js';
import { Problem } from '../errors.js';
import { parseAddress } from '../sip/address.js';
import { BindingsDocument, BindingsQuery } from './bindings.schema.js';
import { listBindings } from './list-bindings.js';

export function bindingRoutes(app: FastifyInstance, directory: Directory, clock: () => number): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/v1/bindings',
    {
      schema: {
        operationId: 'listBindings',
        tags: ['insight'],
        summary: 'The bindings of an address in order: contact center, endpoints, treatment.',
        querystring: BindingsQuery,
        response: { 200: BindingsDocument },
      },
      config: { scope: 'read', subject: addressInQuery, problems: ['unknown_address'] },
    },
    async (request) => {
      const address = Problem.inField('/address', () => parseAddress(request.query.address));
      const resolved = directory.resolve(address);
      if (!resolved) throw new Problem('unknown_address', 'No contact center has this address');
      return listBindings(directory, resolved, clock());
    },
  );
}

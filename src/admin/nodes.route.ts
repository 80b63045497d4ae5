import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { authorOf } from '../access/author.js';
import { Author } from '../http/author.schema.js';
import { Gone, nothing } from '../http/no-body.schema.js';
import { completeNode } from './complete-node.js';
import type { Nodes } from './nodes.js';
import {
  NodeBody,
  NodeDocument,
  NodeParams,
  NodesDocument,
  ReporterParams,
  StartedQuery,
} from './nodes.schema.js';
import { checkSame } from './parse-domain.js';

const PATH = '/v1/nodes/:node';

export function nodeRoutes(app: FastifyInstance, nodes: Nodes): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['provisioning'];

  routes.get(
    '/v1/nodes',
    {
      schema: {
        operationId: 'listNodes',
        tags,
        summary: 'Which Kamailios are known?',
        response: { 200: NodesDocument },
      },
      config: { scope: 'read', subject: 'all' },
    },
    async () => ({ nodes: nodes.all() }),
  );

  routes.put(
    PATH,
    {
      schema: {
        operationId: 'putNode',
        tags,
        summary: 'Make a Kamailio known; a registrar is brought up to date at once.',
        params: NodeParams,
        headers: Author,
        body: NodeBody,
        response: { 200: NodeDocument, 201: NodeDocument },
      },
      config: { scope: 'admin', subject: 'all', problems: ['store_unavailable'] },
    },
    async (request, reply) => {
      checkSame('/node', request.params.node, request.body.node);
      const node = completeNode(request.params.node, request.body);
      const created = await nodes.put(node, authorOf(request));
      return reply.code(created ? 201 : 200).send(node);
    },
  );

  routes.get(
    PATH,
    {
      schema: {
        operationId: 'getNode',
        tags,
        summary: 'One Kamailio.',
        params: NodeParams,
        response: { 200: NodeDocument },
      },
      config: { scope: 'read', subject: 'all', problems: ['not_found'] },
    },
    async (request) => nodes.find(request.params.node),
  );

  routes.delete(
    PATH,
    {
      schema: {
        operationId: 'deleteNode',
        tags,
        summary: 'Forget a Kamailio; what it holds is left as it is.',
        params: NodeParams,
        headers: Author,
        response: { 204: Gone },
      },
      config: { scope: 'admin', subject: 'all', problems: ['not_found', 'store_unavailable'] },
    },
    async (request, reply) => {
      await nodes.remove(request.params.node, authorOf(request));
      return reply.code(204).send();
    },
  );

  app.register(async (scope) => reportRoute(scope, nodes));
}

/** In a scope of its own, since whatever a script sends as the body of its report is fine. */
function reportRoute(scope: FastifyInstance, nodes: Nodes): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null));
  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    `${PATH}/started`,
    {
      schema: {
        operationId: 'reportStarted',
        tags: ['routing'],
        summary: 'A Kamailio (re)started: its bindings are brought up to date, and its calls are over.',
        params: ReporterParams,
        querystring: StartedQuery,
        response: {
          202: nothing(
            'Its bindings are brought up to date. Not all is written yet: to be told again, with `again`.',
          ),
          204: nothing('Noted, and written; also when the node is not known.'),
        },
      },
      config: {
        scope: 'signalling',
        subject: 'all',
        problems: ['body_too_large', 'unsupported_media_type'],
      },
    },
    async (request, reply) => {
      const { node } = request.params;
      const { up_seconds = 0, again = false } = request.query;
      if (!again) request.log.info({ node, known: nodes.started(node) }, 'a Kamailio started');
      return reply.code((await nodes.lostCalls(node, up_seconds)) ? 204 : 202).send();
    },
  );
}

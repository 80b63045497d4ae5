import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../errors.js';
import { nothing } from '../http/no-body.schema.js';
import type { BindingDifference, ComparedBinding } from '../kamailio/compare.js';
import { printQ } from '../sip/q-value.js';
import { DifferencesDocument, MAX_DIFFERENCES } from './node-differences.schema.js';
import type { Nodes } from './nodes.js';
import { NodeParams } from './nodes.schema.js';

interface ReviewedRegistrars {
  /** undefined: it can't be asked. */
  differences(node: string): Promise<BindingDifference[] | undefined>;
  /** Whether somebody does it. */
  review(node: string): boolean;
}

export interface DifferenceDeps {
  readonly nodes: Pick<Nodes, 'find'>;
  readonly reviewed: ReviewedRegistrars;
  readonly clock: () => number;
}

/** Whether a registrar holds what it should. */
export function differenceRoutes(app: FastifyInstance, { nodes, reviewed, clock }: DifferenceDeps): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.get(
    '/v1/nodes/:node/differences',
    {
      schema: {
        operationId: 'listDifferences',
        tags: ['insight'],
        summary: 'Where does a registrar hold something else than it should?',
        description: 'Asked now, address by address, at up to 500 a second.',
        params: NodeParams,
        response: { 200: DifferencesDocument },
      },
      config: { scope: 'read', subject: 'all', problems: ['not_found', 'node_unavailable'] },
    },
    async (request) => {
      const { node } = nodes.find(request.params.node);
      const found = await reviewed.differences(node).catch((error: unknown) => {
        throw new Problem('node_unavailable', `${node} could not be asked`, { cause: error });
      });
      if (!found) throw cannotBeAsked(node);
      return {
        node,
        at: new Date(clock()).toISOString(),
        total: found.length,
        differences: found.slice(0, MAX_DIFFERENCES).map(asJson),
      };
    },
  );

  routes.post(
    '/v1/nodes/:node/repair',
    {
      schema: {
        operationId: 'repairNode',
        tags: ['operation'],
        summary:
          'Put right what a registrar holds else than it should; each is put right every five minutes anyway.',
        params: NodeParams,
        response: { 202: nothing('Begun, or to be begun when the node can be reached.') },
      },
      config: { scope: 'admin', subject: 'all', problems: ['not_found', 'node_unavailable'] },
    },
    async (request, reply) => {
      const { node } = nodes.find(request.params.node);
      if (!reviewed.review(node)) throw cannotBeAsked(node);
      return reply.code(202).send();
    },
  );
}

function cannotBeAsked(node: string): Problem {
  const detail = `${node} is no registrar that can be asked: it is an edge, or without rpc_url, or another instance commands it and isn't heard`;
  return new Problem('node_unavailable', detail);
}

function asJson({ wanted, held, ...difference }: BindingDifference) {
  return { ...difference, wanted: bindingAsJson(wanted), held: bindingAsJson(held) };
}

function bindingAsJson(binding: ComparedBinding | null) {
  return binding && { ...binding, q: printQ(binding.q) };
}

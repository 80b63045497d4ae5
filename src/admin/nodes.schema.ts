import { type Static, Type } from 'typebox';
import { MAX_BRANCHES, MAX_INV_LIFETIME_MS } from '../directory/endpoint.js';
import { NAME } from './limits.js';

const Name = Type.String({
  pattern: NAME.source,
  description: 'As its script names it.',
  examples: ['reg1'],
});

const NODE = {
  role: Type.Enum(['edge', 'registrar'], {
    description:
      'A registrar holds the bindings and routes calls; an edge passes REGISTERs on to registrars.',
  }),
  rpc_url: Type.Union([Type.String({ maxLength: 500 }), Type.Null()], {
    default: null,
    description: 'Where it takes JSON-RPC over HTTP; null: it may not be commanded.',
    examples: ['http://127.0.0.1:5080/RPC'],
  }),
  max_branches: Type.Integer({
    minimum: 2,
    maximum: 30,
    default: MAX_BRANCHES,
    description: "tm's `max_branches`: how many targets one call can try there, and one more.",
  }),
  max_inv_lifetime_ms: Type.Integer({
    minimum: 1_000,
    maximum: 3_600_000,
    default: MAX_INV_LIFETIME_MS,
    description: "tm's `max_inv_lifetime`: how long one call may look for someone there.",
  }),
};

export const NodeParams = Type.Object({ node: Name });
/** For a node that only reports, the name needs no syntax: nothing is made of it. */
export const ReporterParams = Type.Object({ node: Type.String({ maxLength: 63 }) });
export const StartedQuery = Type.Object({
  up_seconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2 ** 31 - 1,
      description:
        'How long ago that was. What was decided before is forgotten: the node knows nothing of it.',
    }),
  ),
  again: Type.Optional(Type.Boolean({ description: 'Of the same start that was answered 202.' })),
});
export const NodeDocument = Type.Object({ node: Name, ...NODE });
export const NodesDocument = Type.Object({ nodes: Type.Array(NodeDocument) });
export const NodeBody = Type.Object(
  {
    node: Type.Optional(Type.String({ description: "If given, the path's." })),
    role: NODE.role,
    rpc_url: Type.Optional(NODE.rpc_url),
    max_branches: Type.Optional(NODE.max_branches),
    max_inv_lifetime_ms: Type.Optional(NODE.max_inv_lifetime_ms),
  },
  { additionalProperties: false },
);
export type NodeBody = Static<typeof NodeBody>;

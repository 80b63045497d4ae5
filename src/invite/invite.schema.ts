import { type Static, Type } from 'typebox';
import { PRINTABLE, unlessUnknown } from '../http/values.schema.js';

const MAX_URI = 255;
const MAX_TEXT = 1_024;
/** Of what a caller chooses: as much as a Kamailio takes in. Who sends more than is kept must not go past us by that. */
const MAX_FROM_WIRE = 16_384;

const text = (description: string) => Type.String({ maxLength: MAX_TEXT, pattern: PRINTABLE, description });

const fromWire = (description: string) =>
  Type.String({ maxLength: MAX_FROM_WIRE, pattern: PRINTABLE, description });

const Node = text('The node that asks: its limits shorten the list. Unknown nodes have the defaults.');

export const RouteRequest = Type.Object({
  node: unlessUnknown(Node),
  ruri: Type.String({ maxLength: MAX_FROM_WIRE, description: 'The Request-URI of the INVITE.' }),
  from: unlessUnknown(
    fromWire(
      `The URI of its From header; kept for the history (${MAX_TEXT} characters of it), not interpreted.`,
    ),
  ),
  call_id: Type.String({
    minLength: 1,
    maxLength: MAX_FROM_WIRE,
    pattern: PRINTABLE,
    description: `Its Call-ID, of which ${MAX_TEXT} characters are kept.`,
  }),
  source_ip: unlessUnknown(text('The IP address that the INVITE came from.')),
  source_port: unlessUnknown(
    Type.Integer({ minimum: 1, maximum: 65_535, description: 'Its source port; sent for UDP only.' }),
  ),
  decision: unlessUnknown(
    text(
      'The value of an X-Understudy-Decision header, or of the Record-Route parameter that stands for it. An id of ' +
        'one of our own decisions tells that the contact center itself makes this call; any other is ignored.',
    ),
  ),
  branches_used: unlessUnknown(
    Type.Integer({
      minimum: 1,
      maximum: 30,
      description:
        "How many of the INVITE's branches questions have used up, this one included; 1 when nothing is said. A script that " +
        'asks a second instance, since the first gave no answer, says 2: the list is shorter by as much.',
    }),
  ),
  drill: unlessUnknown(
    text(
      'The value of an X-Understudy-Drill header. From a source that may (drill_sources), the call is treated as if the ' +
        'contact center were down; from any other it is ignored.',
    ),
  ),
});
export type RouteRequest = Static<typeof RouteRequest>;

/** What is kept of it. */
export function asKept(request: RouteRequest): RouteRequest {
  const { call_id, from } = request;
  return {
    ...request,
    call_id: call_id.slice(0, MAX_TEXT),
    ...(typeof from === 'string' && { from: from.slice(0, MAX_TEXT) }),
  };
}

export const TargetsQuery = Type.Object({
  address: Type.String({ maxLength: MAX_URI, description: 'A SIP URI, such as sip:sales@cc.example.com.' }),
  node: Type.Optional(Node),
});

const Route = Type.Object({
  uri: Type.String(),
  dst_uri: Type.Optional(Type.String()),
  path: Type.Optional(Type.String()),
  fr_timer: Type.Integer({ description: 'Milliseconds until a provisional answer.' }),
  fr_inv_timer: Type.Integer({ description: 'Milliseconds until a final answer.' }),
  headers: Type.Optional(Type.Object({ extra: Type.String() })),
});

const Target = Type.Object({
  position: Type.Integer(),
  role: Type.Enum(['contact_center', 'agent', 'treatment']),
  agent: Type.Optional(Type.String()),
  uri: Type.String(),
  failover_on: Type.String({ description: 'The final codes that move the call on: a regular expression.' }),
  progress_timer_ms: Type.Optional(
    Type.Integer({
      description:
        'After a 100 a location has so long until it rings or answers; when it rings, `fr_inv_timer` counts.',
    }),
  ),
  next: Type.Optional(
    Type.Integer({
      description:
        'Where the call goes on when this phone was reached and the agent did not take it; else (408 without ringing, 430, ' +
        '477) the next target is another way to the same agent.',
    }),
  ),
  together: Type.Optional(
    Type.Integer({ description: 'This one and those after it, so many in all, ring at once.' }),
  ),
  hold: Type.Optional(
    Type.Boolean({ description: 'A treatment from which the caller returns to an agent who becomes free.' }),
  ),
  code: Type.String({ description: 'Why it is here, for programs.' }),
  because: Type.String({ description: 'Why it is here, in words.' }),
});

const DOCUMENT = {
  version: Type.Literal('1.0'),
  routing: Type.Literal('serial'),
  routes: Type.Array(Route),
  address: Type.String(),
  last_target_after_seconds: Type.Integer({
    description: 'From here on no more agent fits into the call: what fails goes on to the last target.',
  }),
  bypass: Type.Boolean({
    description: 'Whether the contact center is not tried first: it is down, drained or ordered so.',
  }),
  targets: Type.Array(Target, { description: 'targets[i] belongs to routes[i].' }),
};

export const TargetsDocument = Type.Object(DOCUMENT, {
  description: 'The ordered failover targets of an address.',
});
export type TargetsDocument = Static<typeof TargetsDocument>;

export const RouteDocument = Type.Object(
  {
    ...DOCUMENT,
    decision: Type.String({ description: 'The id of this decision.' }),
    caller_networks: Type.Optional(
      Type.Immutable(
        Type.Array(Type.String(), {
          description:
            'Where this address may be called from, when not from anywhere: for the node to keep, and to go by without the service.',
        }),
      ),
    ),
  },
  { description: 'A document for rtjson_init_routes() of Kamailio as it stands.' },
);
export type RouteDocument = Static<typeof RouteDocument>;

import { CENTER } from './call-service.js';

/** What the requests of a route are about. */
export interface Tenant {
  readonly domain: string;
  readonly skillset: string;
  readonly agent: string;
  readonly place: string;
  readonly decision: string;
  readonly override: string;
  readonly key: string;
}

/** One route: who may ask, with requests that are answered, and what of another's contact center becomes of them. */
export interface RouteRow {
  readonly scope: 'signalling' | 'read' | 'admin' | 'open';
  readonly url: (tenant: Tenant) => string;
  readonly body?: (tenant: Tenant) => object;
  /**
   * With a key that is limited to other contact centers: the code of the refusal; `left_out`: it is answered without what isn't the
   * key's; `ignored`: it is answered as if it were about something unknown. `never`: with no limited key, whatever is asked.
   */
  readonly others:
    | 'forbidden'
    | 'not_found'
    | 'unknown_address'
    | 'unknown_contact_center'
    | 'left_out'
    | 'ignored'
    | 'never';
  /** Of what isn't refused, when it is no success: no Kamailio runs here. */
  readonly status?: number;
}

type Url = RouteRow['url'];
type Body = NonNullable<RouteRow['body']>;
type Others = RouteRow['others'];

const row =
  (scope: RouteRow['scope']) =>
  (url: Url, others: Others, body?: Body, status?: number): RouteRow => ({
    ...{ scope, url, others },
    ...(body && { body }),
    ...(status !== undefined && { status }),
  });
const [signalling, read, admin, open] = [row('signalling'), row('read'), row('admin'), row('open')];

const center: Url = ({ domain }) => `/v1/contact-centers/${domain}`;
const under =
  (path: string): Url =>
  (tenant) =>
    `${center(tenant)}/${path}`;
const agentOf: Url = (tenant) => `${center(tenant)}/agents/${tenant.agent}`;
const skillOf: Url = (tenant) => `${agentOf(tenant)}/skills/${tenant.skillset}`;
const credentialsOf: Url = (tenant) => `${agentOf(tenant)}/credentials`;
const pauseOf: Url = (tenant) => `${agentOf(tenant)}/pause`;
const callsOf: Url = (tenant) => `${agentOf(tenant)}/calls`;
const address = ({ domain, skillset }: Tenant) => `sip:${skillset}@${domain}`;
const at =
  (path: string): Url =>
  () =>
    path;
const skillset: Url = (tenant) => under(`skillsets/${tenant.skillset}`)(tenant);
const treatment: Url = (tenant) => under('treatments/hold-music')(tenant);
const ORDER = { reason: 'a test', by: 'the tests', expires_in_seconds: 60 };
/** Their parts are named by others. */
const CONFLICT = 409;

/** Every route that the service documents. A new one belongs in here. */
export const ROUTES: Readonly<Record<string, RouteRow>> = {
  'GET /livez': open(at('/livez'), 'ignored'),
  'GET /readyz': open(at('/readyz'), 'ignored'),
  'GET /metrics': read(at('/metrics'), 'never'),

  'POST /v1/register': signalling(at('/v1/register'), 'unknown_contact_center', ({ domain, agent }) => ({
    aor: `sip:${agent}@${domain}`,
    contact: '<sip:phone@198.51.100.7>;expires=300',
    ...{ call_id: `${Math.random()}`, cseq: 1 },
  })),
  'POST /v1/route': signalling(at('/v1/route'), 'unknown_address', (tenant) => ({
    ...{ ruri: address(tenant), call_id: `${Math.random()}` },
  })),
  'POST /v1/outcomes': signalling(at('/v1/outcomes'), 'ignored', ({ decision }) => ({
    ...{ decision, target: 0, event: 'failed', status: 503 },
  })),
  'POST /v1/health': signalling(at('/v1/health'), 'ignored', ({ place }) => ({
    ...{ node: 'reg1', uri: place, state: 'down' },
  })),
  'POST /v1/credentials': signalling(
    at('/v1/credentials'),
    'unknown_contact_center',
    ({ domain, agent }) => ({
      ...{ node: 'reg1', aor: `sip:${agent}@${domain}` },
    }),
  ),
  'POST /v1/nodes/{node}/started': signalling(at('/v1/nodes/reg1/started'), 'never'),

  'GET /v1/contact-centers': read(at('/v1/contact-centers'), 'left_out'),
  'PUT /v1/contact-centers/{domain}': admin(center, 'forbidden', () => ({ ...CENTER, mode: 'b2bua' })),
  'GET /v1/contact-centers/{domain}': read(center, 'forbidden'),
  'DELETE /v1/contact-centers/{domain}': admin(center, 'forbidden'),
  'GET /v1/contact-centers/{domain}/locations': read(under('locations'), 'forbidden'),
  'PUT /v1/contact-centers/{domain}/locations': admin(under('locations'), 'forbidden', () => ({
    locations: [{ uri: 'sip:192.0.2.11' }],
  })),
  'GET /v1/contact-centers/{domain}/skillsets': read(under('skillsets'), 'forbidden'),
  'PUT /v1/contact-centers/{domain}/skillsets/{name}': admin(skillset, 'forbidden', () => ({
    ring_seconds: 7,
  })),
  'GET /v1/contact-centers/{domain}/skillsets/{name}': read(skillset, 'forbidden'),
  'DELETE /v1/contact-centers/{domain}/skillsets/{name}': admin(skillset, 'forbidden', undefined, CONFLICT),
  'GET /v1/contact-centers/{domain}/treatments': read(under('treatments'), 'forbidden'),
  'PUT /v1/contact-centers/{domain}/treatments/{name}': admin(treatment, 'forbidden', () => ({
    ...{ kind: 'ivr', uri: 'sip:ivr@192.0.2.31' },
  })),
  'GET /v1/contact-centers/{domain}/treatments/{name}': read(treatment, 'forbidden'),
  'DELETE /v1/contact-centers/{domain}/treatments/{name}': admin(treatment, 'forbidden', undefined, CONFLICT),
  'GET /v1/contact-centers/{domain}/agents': read(under('agents'), 'forbidden'),
  'PUT /v1/contact-centers/{domain}/agents/{name}': admin(agentOf, 'forbidden', () => ({ skills: {} })),
  'GET /v1/contact-centers/{domain}/agents/{name}': read(agentOf, 'forbidden'),
  'DELETE /v1/contact-centers/{domain}/agents/{name}': admin(agentOf, 'forbidden'),
  'GET /v1/contact-centers/{domain}/agents/{name}/skills': read(
    (tenant) => `${agentOf(tenant)}/skills`,
    'forbidden',
  ),
  'PUT /v1/contact-centers/{domain}/agents/{name}/skills/{skillset}': admin(skillOf, 'forbidden', () => ({
    level: 9,
  })),
  'GET /v1/contact-centers/{domain}/agents/{name}/skills/{skillset}': read(skillOf, 'forbidden'),
  'DELETE /v1/contact-centers/{domain}/agents/{name}/skills/{skillset}': admin(skillOf, 'forbidden'),
  'PUT /v1/contact-centers/{domain}/agents/{name}/pause': admin(pauseOf, 'forbidden', () => ORDER),
  'DELETE /v1/contact-centers/{domain}/agents/{name}/pause': admin(pauseOf, 'forbidden'),
  'DELETE /v1/contact-centers/{domain}/agents/{name}/calls': admin(callsOf, 'forbidden'),

  'PUT /v1/contact-centers/{domain}/agents/{name}/credentials': admin(credentialsOf, 'forbidden', () => ({
    password: 'only a test',
  })),
  'GET /v1/contact-centers/{domain}/agents/{name}/credentials': read(credentialsOf, 'forbidden'),
  'DELETE /v1/contact-centers/{domain}/agents/{name}/credentials': admin(credentialsOf, 'forbidden'),

  'GET /v1/nodes': read(at('/v1/nodes'), 'never'),
  'PUT /v1/nodes/{node}': admin(at('/v1/nodes/reg2'), 'never', () => ({ role: 'edge' })),
  'GET /v1/nodes/{node}': read(at('/v1/nodes/reg1'), 'never'),
  'DELETE /v1/nodes/{node}': admin(at('/v1/nodes/reg1'), 'never'),
  'GET /v1/nodes/{node}/differences': read(at('/v1/nodes/reg1/differences'), 'never', undefined, 503),
  'POST /v1/nodes/{node}/repair': admin(at('/v1/nodes/reg1/repair'), 'never'),

  'GET /v1/bindings': read((tenant) => `/v1/bindings?address=${address(tenant)}`, 'forbidden'),
  'GET /v1/targets': read((tenant) => `/v1/targets?address=${address(tenant)}`, 'forbidden'),
  'GET /v1/explain': read(({ decision }) => `/v1/explain?decision=${decision}`, 'not_found'),
  'GET /v1/decisions': read(at('/v1/decisions'), 'left_out'),
  'GET /v1/decisions/{id}': read(({ decision }) => `/v1/decisions/${decision}`, 'not_found'),
  'GET /v1/health': read(at('/v1/health'), 'left_out'),
  'GET /v1/agents': read(at('/v1/agents'), 'left_out'),
  'GET /v1/changes': read(at('/v1/changes'), 'left_out'),
  'GET /v1/bypass': read(at('/v1/bypass'), 'left_out'),

  'POST /v1/overrides': admin(at('/v1/overrides'), 'forbidden', ({ domain }) => ({
    ...{ contact_center: domain, kind: 'bypass', ...ORDER },
  })),
  'GET /v1/overrides': read(at('/v1/overrides'), 'left_out'),
  'DELETE /v1/overrides/{id}': admin(({ override }) => `/v1/overrides/${override}`, 'not_found'),

  'POST /v1/keys': admin(at('/v1/keys'), 'forbidden', ({ domain }) => ({
    ...{ name: 'made', scopes: ['read'], contact_centers: [domain] },
  })),
  'GET /v1/keys': admin(at('/v1/keys'), 'left_out'),
  'GET /v1/keys/{id}': admin(({ key }) => `/v1/keys/${key}`, 'not_found'),
  'POST /v1/keys/{id}/rotate': admin(
    ({ key }) => `/v1/keys/${key}/rotate`,
    'not_found',
    () => ({}),
  ),
  'DELETE /v1/keys/{id}': admin(({ key }) => `/v1/keys/${key}`, 'not_found'),
};

/** The same questions, with the other tenant named in the query: also for routes whose row asks otherwise. */
export const NAMED_IN_QUERY: readonly Url[] = [
  ...['health', 'agents', 'changes', 'bypass', 'overrides'].map(
    (what): Url =>
      ({ domain }) =>
        `/v1/${what}?contact_center=${domain}`,
  ),
  (tenant) => `/v1/decisions?address=${address(tenant)}`,
  (tenant) => `/v1/explain?address=${address(tenant)}`,
  ({ domain }) => `/v1/health?contact_center=${domain.toUpperCase()}.`,
];

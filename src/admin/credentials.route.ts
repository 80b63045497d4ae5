import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { authorOf } from '../access/author.js';
import { domainInPath } from '../access/subject.js';
import { ALGORITHMS, type Credentials, describeCredentials } from '../directory/credentials.js';
import type { Directory } from '../directory/directory.js';
import { Problem } from '../errors.js';
import { Author } from '../http/author.schema.js';
import { Gone } from '../http/no-body.schema.js';
import type { AgentCredentials } from './agent-credentials.js';
import type { ContactCenters } from './contact-centers.js';
import { CredentialsBody, CredentialsDocument } from './credentials.schema.js';
import { findPart } from './edit-contact-center.js';
import { ha1Of } from './ha1.js';
import { parseDomain } from './parse-domain.js';
import { PartParams } from './provisioning.schema.js';

const PATH = '/v1/contact-centers/:domain/agents/:name/credentials';

/** What an agent's phones log in with: can be set and taken away, and never be read. */
export function credentialRoutes(
  app: FastifyInstance,
  deps: {
    readonly centers: ContactCenters;
    readonly credentials: AgentCredentials;
    readonly directory: Pick<Directory, 'credentials'>;
  },
): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['provisioning'];
  const { credentials } = deps;
  const find = ({ domain, name }: { domain: string; name: string }) => {
    const center = deps.centers.find(parseDomain(domain));
    return { domain: center.domain, agent: findPart(center, 'agents', name).name };
  };

  routes.put(
    PATH,
    {
      schema: {
        operationId: 'putCredentials',
        tags,
        summary: "Set what the agent's phones log in with: a password, or its hashes.",
        params: PartParams,
        headers: Author,
        body: CredentialsBody,
        response: { 200: CredentialsDocument, 201: CredentialsDocument },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: ['unknown_contact_center', 'not_found', 'store_unavailable'],
      },
    },
    async (request, reply) => {
      const given = credentialsOf(find(request.params), request.body);
      const created = await credentials.put(given, authorOf(request));
      return reply.code(created ? 201 : 200).send(document(given));
    },
  );

  routes.get(
    PATH,
    {
      schema: {
        operationId: 'getCredentials',
        tags,
        summary: 'Whether the agent has credentials.',
        params: PartParams,
        response: { 200: CredentialsDocument },
      },
      config: { scope: 'read', subject: domainInPath, problems: ['unknown_contact_center', 'not_found'] },
    },
    async (request) => {
      const { domain, agent } = find(request.params);
      return document(deps.directory.credentials(domain, agent));
    },
  );

  routes.delete(
    PATH,
    {
      schema: {
        operationId: 'deleteCredentials',
        tags,
        summary: "Take the agent's credentials away.",
        params: PartParams,
        headers: Author,
        response: { 204: Gone },
      },
      config: {
        scope: 'admin',
        subject: domainInPath,
        problems: ['unknown_contact_center', 'not_found', 'store_unavailable'],
      },
    },
    async (request, reply) => {
      const { domain, agent } = find(request.params);
      await credentials.remove(domain, agent, authorOf(request));
      return reply.code(204).send();
    },
  );
}

function credentialsOf(who: Pick<Credentials, 'domain' | 'agent'>, body: CredentialsBody): Credentials {
  const { realm = who.domain, username = who.agent, password, ha1 } = body;
  if ((password === undefined) === (ha1 === undefined)) {
    throw Problem.badFields([{ field: '/password', detail: 'either this or /ha1 must be given' }]);
  }
  const hashes = password === undefined ? inLowerCase(ha1 ?? {}) : ha1Of(username, realm, password);
  return { ...who, realm, username, ha1: hashes };
}

function inLowerCase(ha1: Credentials['ha1']): Credentials['ha1'] {
  const known = ALGORITHMS.flatMap((algorithm) => {
    const hash = ha1[algorithm];
    return hash === undefined ? [] : [[algorithm, hash.toLowerCase()]];
  });
  return Object.fromEntries(known);
}

function document(credentials: Credentials | undefined): CredentialsDocument {
  if (!credentials) return { set: false, realm: null, username: null, algorithms: [] };
  return { set: true, ...describeCredentials(credentials) };
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { Access } from '../access/access.js';
import type { ContactCenter } from '../directory/contact-center.js';
import type { Directory } from '../directory/directory.js';
import { Problem } from '../errors.js';
import { parseAddress } from '../sip/address.js';
import { CredentialsAnswer, CredentialsRequest } from './credentials.schema.js';
import { whose } from './whose.js';

/** Called by nodes: what must a phone prove to have that registers for this address? Answered from memory. */
export function credentialsRoute(app: FastifyInstance, { directory }: { directory: Directory }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    '/v1/credentials',
    {
      schema: {
        operationId: 'askCredentials',
        tags: ['routing'],
        summary: 'What must a phone prove to have that registers for this address?',
        body: CredentialsRequest,
        response: { 200: CredentialsAnswer },
      },
      config: {
        scope: 'signalling',
        subject: 'own',
        problems: ['unknown_contact_center', 'unknown_agent', 'no_credentials', 'unknown_node'],
      },
    },
    async ({ body, access }) => answerOf(directory, body, access),
  );
}

function answerOf(
  directory: Directory,
  { node, aor: asked }: CredentialsRequest,
  access: Access,
): CredentialsAnswer {
  const { center, agent, aor } = whose(
    directory,
    Problem.inField('/aor', () => parseAddress(asked)),
    access,
  );
  const authenticate = whenProved(center);
  if (authenticate === 'no') return { aor, authenticate, realm: null, username: null, ha1: null };
  if (!directory.node(node)) {
    throw new Problem('unknown_node', 'Hashes are given to provisioned nodes only, and this one is not');
  }
  const credentials = directory.credentials(center.domain, agent.name);
  if (!credentials) throw new Problem('no_credentials', 'This agent has no credentials to log in with');
  const { realm, username, ha1 } = credentials;
  return { aor, authenticate, realm, username, ha1 };
}

function whenProved({
  authenticate_agents,
  registers_agents,
}: ContactCenter): CredentialsAnswer['authenticate'] {
  if (!authenticate_agents) return 'no';
  return registers_agents ? 'on_behalf' : 'always';
}

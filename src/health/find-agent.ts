import type { Directory } from '../directory/directory.js';
import { domainIn, findContactCenter } from '../directory/find-contact-center.js';
import { Problem } from '../errors.js';

/** The agent that a path names, who must be provisioned. */
export function findAgent(
  directory: Pick<Directory, 'contactCenter'>,
  params: { domain: string; name: string },
): { domain: string; agent: string } {
  const { domain, agents } = findContactCenter(directory, domainIn('/domain', params.domain));
  const agent = params.name;
  if (!agents.some(({ name }) => name === agent)) {
    throw new Problem('not_found', `No agent of ${domain} is called ${agent}`);
  }
  return { domain, agent };
}

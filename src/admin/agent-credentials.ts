import type pg from 'pg';
import { type Credentials, describeCredentials } from '../directory/credentials.js';
import type { Directory } from '../directory/directory.js';
import { OneAtATime } from '../http/one-at-a-time.js';
import type { Changes } from '../live/change.js';
import { deleteCredentials } from './delete-credentials.sql.js';
import { loadCredentials } from './load-credentials.sql.js';
import { saveCredentials } from './save-credentials.sql.js';

export interface AgentCredentialsDeps {
  readonly pool: pg.Pool;
  readonly directory: Directory;
  readonly changes: Changes;
  /** Tells the other instances. */
  readonly provisioned: (domain: string) => void;
  readonly clock: () => number;
}

/** What agents' phones log in with: Postgres first, then memory. The history says that they changed, and nothing that they hold. */
export class AgentCredentials {
  readonly #deps: AgentCredentialsDeps;
  readonly #writers = new OneAtATime();

  constructor(deps: AgentCredentialsDeps) {
    this.#deps = deps;
  }

  /** Whether the agent had none. */
  put(credentials: Credentials, by: string): Promise<boolean> {
    const { pool, directory, provisioned } = this.#deps;
    const { domain, agent } = credentials;
    return this.#writers.run(domain, async () => {
      const before = directory.credentials(domain, agent);
      await saveCredentials(pool, credentials);
      directory.putCredentials(credentials);
      provisioned(domain);
      this.#record(before, credentials, by);
      return before === undefined;
    });
  }

  /** Another instance has written other ones. */
  reread(domain: string): Promise<void> {
    const { pool, directory } = this.#deps;
    return this.#writers.run(domain, async () => {
      const stored = await loadCredentials(pool, domain);
      for (const { name } of directory.contactCenter(domain)?.agents ?? [])
        directory.removeCredentials(domain, name);
      for (const credentials of stored) directory.putCredentials(credentials);
    });
  }

  remove(domain: string, agent: string, by: string): Promise<void> {
    const { pool, directory, provisioned } = this.#deps;
    return this.#writers.run(domain, async () => {
      const before = directory.credentials(domain, agent);
      // Also when memory knows of none: a write may have been committed without our learning of it.
      await deleteCredentials(pool, domain, agent);
      directory.removeCredentials(domain, agent);
      provisioned(domain);
      if (before) this.#record(before, undefined, by);
    });
  }

  #record(before: Credentials | undefined, after: Credentials | undefined, by: string): void {
    const { changes, clock } = this.#deps;
    const { domain, agent } = (after ?? before) as Credentials;
    changes.changed({
      at: clock(),
      domain,
      kind: 'configuration',
      subject: `agents/${agent}/credentials`,
      by,
      reason: null,
      before: before ? describeCredentials(before) : null,
      after: after ? describeCredentials(after) : null,
    });
  }
}

import type pg from 'pg';
import type { ContactCenter } from '../directory/contact-center.js';
import type { Directory } from '../directory/directory.js';
import { findContactCenter, unknownContactCenter } from '../directory/find-contact-center.js';
import { Problem } from '../errors.js';
import { OneAtATime } from '../http/one-at-a-time.js';
import { inSlices } from '../http/slices.js';
import type { Registrars } from '../kamailio/registrars.js';
import type { Changes } from '../live/change.js';
import { affectedAddresses } from './affected-addresses.js';
import { canonical } from './canonical.js';
import { checkContactCenter } from './check-contact-center.js';
import { configurationChanges } from './configuration-changes.js';
import { deleteContactCenter } from './delete-contact-center.sql.js';
import { inTransaction } from './in-transaction.js';
import { loadContactCenter, loadContactCenters } from './load-contact-centers.sql.js';
import { lockContactCenter } from './lock-contact-center.sql.js';
import { saveContactCenter } from './save-contact-center.sql.js';

export interface Draft {
  readonly center: ContactCenter;
  /** The JSON pointer of what the request's body describes, when that is not the whole document. */
  readonly at?: string;
}

export interface ContactCentersDeps {
  readonly pool: pg.Pool;
  readonly directory: Directory;
  readonly registrars: Pick<Registrars, 'changed'>;
  readonly changes: Changes;
  /** Tells the other instances that another document of this domain is in Postgres. */
  readonly provisioned: (domain: string | null) => void;
  readonly clock: () => number;
}

/** As many as a person reads. */
const MAX_FAULTS = 100;

/**
 * The one way in which what is provisioned changes: checked against what Postgres has, written there, then to memory, and then the
 * registrars and the history are told. Whatever fails before memory changes has changed nothing. One change of a domain at a time,
 * among all instances: what another one has just written may not be in this one's memory yet, and is not overwritten unseen.
 */
export class ContactCenters {
  readonly #pool: pg.Pool;
  readonly #directory: Directory;
  readonly #registrars: Pick<Registrars, 'changed'>;
  readonly #changes: Changes;
  readonly #provisioned: ContactCentersDeps['provisioned'];
  readonly #clock: () => number;
  readonly #writers = new OneAtATime();
  /** Of which revision of its row a document in memory is, where that is known. */
  readonly #revisions = new WeakMap<ContactCenter, string>();

  constructor(deps: ContactCentersDeps) {
    this.#pool = deps.pool;
    this.#directory = deps.directory;
    this.#registrars = deps.registrars;
    this.#changes = deps.changes;
    this.#provisioned = deps.provisioned;
    this.#clock = deps.clock;
  }

  find(domain: string): ContactCenter {
    return findContactCenter(this.#directory, domain);
  }

  all(): ContactCenter[] {
    return this.#directory.contactCenters();
  }

  /** `edit` gets the document as it is now, and may throw what forbids the change; `by` is who asks for it. */
  async save(
    domain: string,
    by: string,
    edit: (current: ContactCenter | undefined) => Draft | Promise<Draft>,
  ): Promise<ContactCenter> {
    const saved = await this.#change(domain, by, async (current) => {
      const draft = await edit(current);
      await check(draft);
      return inSlices(canonical(draft.center, current));
    });
    return saved as ContactCenter;
  }

  /** A change to a contact center that must exist. */
  change(
    domain: string,
    by: string,
    edit: (current: ContactCenter) => Draft | Promise<Draft>,
  ): Promise<ContactCenter> {
    return this.save(domain, by, (current) => edit(existing(domain, current)));
  }

  async remove(domain: string, by: string, mayGo: (current: ContactCenter) => Promise<void>): Promise<void> {
    await this.#change(domain, by, async (current) => {
      await mayGo(existing(domain, current));
      return undefined;
    });
  }

  /** `next` makes of what Postgres has what it shall have; undefined: nothing. */
  #change(
    domain: string,
    by: string,
    next: (current: ContactCenter | undefined) => Promise<ContactCenter | undefined>,
  ): Promise<ContactCenter | undefined> {
    return this.#writers.run(domain, async () => {
      const known = this.#directory.contactCenter(domain);
      const { before, after, revision } = await inTransaction(this.#pool, async (client) => {
        const stored = await lockContactCenter(client, domain);
        const isCurrent =
          known !== undefined && stored !== undefined && stored === this.#revisions.get(known);
        const before = isCurrent ? known : await loadContactCenter(client, domain);
        const after = await next(before);
        if (after) return { before, after, revision: await saveContactCenter(client, before, after) };
        await deleteContactCenter(client, domain);
        return { before, after };
      });
      if (after) this.#directory.putContactCenter(after);
      else this.#directory.removeContactCenter(domain);
      if (after && revision !== undefined) this.#revisions.set(after, revision);
      this.#provisioned(domain);
      this.#registrars.changed(await inSlices(affectedAddresses(known, after)));
      await this.#record(domain, by, before, after);
      return after;
    });
  }

  /** Another instance has written another document. */
  reread(domain: string): Promise<void> {
    return this.#writers.run(domain, async () => {
      const [center] = await loadContactCenters(this.#pool, domain);
      const before = this.#directory.contactCenter(domain);
      if (center) this.#directory.putContactCenter(center);
      else this.#directory.removeContactCenter(domain);
      this.#registrars.changed(await inSlices(affectedAddresses(before, center)));
    });
  }

  async #record(
    domain: string,
    by: string,
    before: ContactCenter | undefined,
    after: ContactCenter | undefined,
  ): Promise<void> {
    const at = this.#clock();
    for (const change of await inSlices(configurationChanges(before, after))) {
      this.#changes.changed({ at, domain, kind: 'configuration', by, reason: null, ...change });
    }
  }
}

function existing(domain: string, current: ContactCenter | undefined): ContactCenter {
  if (!current) throw unknownContactCenter(domain);
  return current;
}

async function check({ center, at = '' }: Draft): Promise<void> {
  const faults = (await inSlices(checkContactCenter(center))).slice(0, MAX_FAULTS);
  if (faults.length === 0) return;
  throw Problem.badFields(
    faults.map(({ field, detail }) => {
      if (field.startsWith(`${at}/`)) return { field: field.slice(at.length), detail };
      // Another part that has this name already, or one that gets into a contradiction by what is given.
      return field.endsWith('/name')
        ? { field: '/name', detail }
        : { field: '', detail: `${field} ${detail}` };
    }),
  );
}

import type pg from 'pg';
import type { ContactCenter } from '../directory/contact-center.js';
import type { Directory } from '../directory/directory.js';
import { findContactCenter } from '../directory/find-contact-center.js';
import { Problem } from '../errors.js';
import type { Registrars } from '../kamailio/registrars.js';
import type { Changes } from '../live/change.js';
import { affectedAddresses } from './affected-addresses.js';
import { canonical } from './canonical.js';
import { checkContactCenter } from './check-contact-center.js';
import { configurationChanges } from './configuration-changes.js';
import { deleteContactCenter } from './delete-contact-center.sql.js';
import { loadContactCenters } from './load-contact-centers.sql.js';
import { OneAtATime } from './one-at-a-time.js';
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
 * The one way in which what is provisioned changes: checked, then written to Postgres, then to memory, and then the
 * registrars and the history are told. Whatever fails before memory changes has changed nothing. One change of a domain at a time, so
 * that memory and Postgres see them in the same order.
 */
export class ContactCenters {
  readonly #pool: pg.Pool;
  readonly #directory: Directory;
  readonly #registrars: Pick<Registrars, 'changed'>;
  readonly #changes: Changes;
  readonly #provisioned: ContactCentersDeps['provisioned'];
  readonly #clock: () => number;
  readonly #writers = new OneAtATime();
  /** The domains whose last write failed: the connection may have broken after the commit, before its answer. */
  readonly #unsure = new Set<string>();

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
  save(
    domain: string,
    by: string,
    edit: (current: ContactCenter | undefined) => Draft,
  ): Promise<ContactCenter> {
    return this.#writers.run(domain, async () => {
      const current = this.#directory.contactCenter(domain);
      const draft = edit(current);
      check(draft);
      const center = canonical(draft.center, current);
      const stored = await this.#stored(domain, current);
      await this.#write(domain, () => saveContactCenter(this.#pool, stored, center));
      this.#directory.putContactCenter(center);
      this.#provisioned(domain);
      this.#registrars.changed(affectedAddresses(current, center));
      this.#record(domain, by, current, center);
      return center;
    });
  }

  /** A change to a contact center that must exist. */
  change(domain: string, by: string, edit: (current: ContactCenter) => Draft): Promise<ContactCenter> {
    return this.save(domain, by, () => edit(this.find(domain)));
  }

  remove(domain: string, by: string, mayGo: (current: ContactCenter) => void): Promise<void> {
    return this.#writers.run(domain, async () => {
      const current = this.find(domain);
      mayGo(current);
      await this.#write(domain, () => deleteContactCenter(this.#pool, domain));
      this.#directory.removeContactCenter(domain);
      this.#provisioned(domain);
      this.#registrars.changed(affectedAddresses(current, undefined));
      this.#record(domain, by, current, undefined);
    });
  }

  /** Another instance has written another document. */
  reread(domain: string): Promise<void> {
    return this.#writers.run(domain, async () => {
      const [center] = await loadContactCenters(this.#pool, domain);
      const before = this.#directory.contactCenter(domain);
      if (center) this.#directory.putContactCenter(center);
      else this.#directory.removeContactCenter(domain);
      this.#registrars.changed(affectedAddresses(before, center));
    });
  }

  #record(
    domain: string,
    by: string,
    before: ContactCenter | undefined,
    after: ContactCenter | undefined,
  ): void {
    const at = this.#clock();
    for (const change of configurationChanges(before, after)) {
      this.#changes.changed({ at, domain, kind: 'configuration', by, reason: null, ...change });
    }
  }

  /** What Postgres has: the same as memory, unless a write may have been committed without our learning of it. */
  async #stored(domain: string, current: ContactCenter | undefined): Promise<ContactCenter | undefined> {
    return this.#unsure.has(domain) ? (await loadContactCenters(this.#pool, domain))[0] : current;
  }

  async #write(domain: string, write: () => Promise<void>): Promise<void> {
    this.#unsure.add(domain);
    await write();
    this.#unsure.delete(domain);
  }
}

function check({ center, at = '' }: Draft): void {
  const faults = checkContactCenter(center).slice(0, MAX_FAULTS);
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

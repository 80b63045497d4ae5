import type { Registrars } from '../kamailio/registrars.js';
import type { Registration } from '../kamailio/registration.js';
import type { SharedLog } from './shared-log.js';

/** The registrars, for an instance that may not be the one that commands them: then that one is told. */
export class ToldRegistrars {
  readonly #registrars: Registrars;
  readonly #log: SharedLog;

  constructor(registrars: Registrars, log: SharedLog) {
    this.#registrars = registrars;
    this.#log = log;
  }

  get commands(): boolean {
    return this.#registrars.commands;
  }

  changed(aors: Iterable<string>): void {
    const list = [...aors];
    this.#registrars.changed(list);
    if (!this.commands) this.#log.publish({ kind: 'bindings', aors: list });
  }

  sent(registrations: readonly Registration[], node: string | null): void {
    this.#registrars.sent(registrations, node);
    if (!this.commands && registrations.length > 0)
      this.#log.publish({ kind: 'sent', registrations: [...registrations], node });
  }

  holds(aor: string, contact: string): boolean {
    return this.#registrars.holds(aor, contact);
  }

  isThere(...question: Parameters<Registrars['isThere']>): Promise<boolean | undefined> {
    return this.#registrars.isThere(...question);
  }
}

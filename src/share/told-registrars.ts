import type { BindingDifference } from '../kamailio/compare.js';
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

  /** What a registrar holds else than it should; undefined when it can't be asked, or this instance doesn't know what it should hold. */
  async differences(node: string): Promise<BindingDifference[] | undefined> {
    return this.#knows ? this.#registrars.differences(node) : undefined;
  }

  /** Has a registrar asked again, and put right. Whether there is somebody who does it. */
  review(node: string): boolean {
    if (this.commands) return this.#registrars.review(node);
    if (!this.#knows || this.#registrars.urlOf(node) === null) return false;
    return this.#log.publish({ kind: 'review', node });
  }

  /** Who commands them has written down what the others must know; who stands by hears it in the log. */
  get #knows(): boolean {
    return !this.#registrars.standsBy || this.#log.connected;
  }

  holds(aor: string, contact: string): boolean {
    return this.#registrars.holds(aor, contact);
  }

  isThere(...question: Parameters<Registrars['isThere']>): Promise<boolean | undefined> {
    return this.#registrars.isThere(...question);
  }
}

/**
 * What one of several instances does for all: it writes down what happens by itself, and calls agents for those on hold. It is
 * the one that commands the registrars; whoever has no contact to the others does it for itself.
 */
export class Duty {
  readonly #log: { readonly connected: boolean };
  readonly #registrars: { readonly commands: boolean };
  /** While what happened before this instance had started is read: others have done what was to do. */
  readsPast = false;

  constructor(log: { readonly connected: boolean }, registrars: { readonly commands: boolean }) {
    this.#log = log;
    this.#registrars = registrars;
  }

  get isOurs(): boolean {
    return !this.readsPast && (!this.#log.connected || this.#registrars.commands);
  }
}

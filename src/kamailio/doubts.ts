/** Contacts of which nobody knows what the registrar has made of them, by address. */
export class Doubts {
  readonly #contacts = new Map<string, Set<string>>();

  add(aor: string, contact: string): void {
    const contacts = this.#contacts.get(aor);
    if (contacts) contacts.add(contact);
    else this.#contacts.set(aor, new Set([contact]));
  }

  of(aor: string): ReadonlySet<string> {
    return this.#contacts.get(aor) ?? NONE;
  }

  remove(aor: string, contact: string): void {
    const contacts = this.#contacts.get(aor);
    contacts?.delete(contact);
    if (contacts?.size === 0) this.#contacts.delete(aor);
  }
}

const NONE: ReadonlySet<string> = new Set();

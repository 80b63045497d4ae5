import type { Waiting } from './address-queue.js';
import { Arrivals } from './arrivals.js';
import { Doubts } from './doubts.js';
import { difference, type Held, isTheSame, type Wanted } from './held.js';
import { HeldMemory } from './held-memory.js';
import type { Call } from './json-rpc.js';
import { misplaced } from './misplaced.js';
import { pushRegistration } from './push-registration.js';
import type { Registration } from './registration.js';
import { sendRegister } from './send-register.js';
import { ulAdd } from './ul-add.js';
import { ulLookup } from './ul-lookup.js';
import { ulRmContact } from './ul-rm-contact.js';

export interface SettlerDeps {
  readonly clock: () => number;
  /** What it should hold for an address. */
  readonly wanted: (aor: string, now: number) => Wanted[];
}

export interface Settling {
  readonly call: Call;
  /** Where the registrar reaches itself. */
  readonly nextHop: string;
  /** Whether no further command is to be sent. */
  readonly stopped: () => boolean;
}

/** How many bindings were put, and how many removed for good. */
export interface Settled {
  put: number;
  removed: number;
}

/** Makes one registrar hold for an address what it should, by what we know of it: asked once, then remembered. */
export class Settler {
  readonly #deps: SettlerDeps;
  readonly #arrivals = new Arrivals();
  readonly #doubts = new Doubts();
  #memory = new HeldMemory();

  constructor(deps: SettlerDeps) {
    this.#deps = deps;
  }

  /** These reach the registrar by themselves. */
  sent(registrations: readonly Registration[]): void {
    const now = this.#deps.clock();
    for (const { aor, contact, q, expires, path, received } of registrations) {
      const before = this.#memory.get(aor, contact);
      const after = expires === 0 ? undefined : { q, until: now + expires * 1000, path, received };
      this.#memory.set(aor, contact, after);
      this.#arrivals.expect(aor, contact, now, !isTheSame(before, after));
    }
  }

  /** Whether a REGISTER for it may still be on its way. */
  expects(aor: string, contact: string): boolean {
    return this.#arrivals.expects(aor, contact);
  }

  holdsForGood(aor: string, contact: string): boolean {
    return this.#memory.get(aor, contact)?.until === Number.POSITIVE_INFINITY;
  }

  /** The registrar holds nothing, or nobody knows what. What is under way writes into the memory that is dropped here. */
  forget(): void {
    this.#memory = new HeldMemory();
    this.#arrivals.overtakeAll();
  }

  /** The registrar is to be asked again; for what is on its way there once that has arrived. */
  distrust(aor: string): void {
    this.#memory.distrust(aor);
    for (const contact of this.#memory.of(aor).keys()) {
      if (this.expects(aor, contact)) this.#arrivals.overtake(aor, contact);
      else this.#doubts.add(aor, contact);
    }
  }

  /**
   * A REGISTER may arrive after a command that came later, and undo it: bind an agent who has been displaced, withdraw one
   * who has stepped up, or put an end to what is bound for good. And it may not arrive at all: whoever was to send it has died
   * or gave up just before, or the network has lost it. So when it must have arrived, the registrar is asked. Returns the
   * addresses that are to be settled for this.
   */
  doubtArrived(): Waiting[] {
    const doubted = this.#arrivals.takeDoubted(this.#deps.clock());
    for (const { aor, contact } of doubted) this.#doubts.add(aor, contact);
    return doubted.map(({ aor, check }) => ({ aor, paced: check === 'paced' }));
  }

  /** Whether the address must be settled once more is told by `again`. */
  async settle(aor: string, { call, nextHop, stopped }: Settling, again: () => void): Promise<Settled> {
    const { clock, wanted } = this.#deps;
    const settled: Settled = { put: 0, removed: 0 };
    const memory = this.#memory;
    const isAsked = !memory.knows(aor) || this.#doubts.of(aor).size > 0;
    // Only the registrar knows in which order it has them.
    const outOfOrder = isAsked ? await this.#ask(call, aor, memory) : [];
    memory.expire(aor, clock());
    const { remove, put } = difference(memory.of(aor), wanted(aor, clock()), outOfOrder);
    const anew = new Set(put.map(({ binding }) => binding.contact));
    // Removals first: one binding too many could push the treatment over Kamailio's branch limit.
    for (const contact of remove) {
      if (stopped()) return settled;
      const held = memory.get(aor, contact);
      await ulRmContact(call, aor, contact);
      // If a REGISTER has bound it again meanwhile, that is what was removed.
      if (memory.get(aor, contact) !== held) again();
      memory.remove(aor, contact);
      this.#arrivals.overtake(aor, contact);
      if (!anew.has(contact)) settled.removed += 1;
    }
    for (const one of put) {
      if (stopped()) return settled;
      const { contact } = one.binding;
      memory.put(aor, contact, await this.#put(call, nextHop, one));
      this.#arrivals.overtake(aor, contact);
      if (one.binding.endpoint) this.#arrivals.expect(aor, contact, clock(), false);
      settled.put += 1;
    }
    // Addresses that are none of ours any more don't pile up; one that became so just now holds what it was given before.
    if (memory.of(aor).size === 0 && wanted(aor, clock()).length === 0) memory.forget(aor);
    return settled;
  }

  /** Takes in what the registrar has; returns what is out of order there. */
  async #ask(call: Call, aor: string, memory: HeldMemory): Promise<string[]> {
    const { clock, wanted } = this.#deps;
    const before = new Map([...this.#doubts.of(aor)].map((contact) => [contact, memory.get(aor, contact)]));
    const found = await ulLookup(call, aor, clock());
    memory.learn(aor, found, wanted(aor, clock()));
    for (const [contact, held] of before) {
      this.#doubts.remove(aor, contact);
      // What was sent since then is newer than what was found.
      if (memory.get(aor, contact) === held) memory.set(aor, contact, found.get(contact));
    }
    return misplaced(found, wanted(aor, clock()));
  }

  async #put(call: Call, nextHop: string, { resolved, binding, until }: Wanted): Promise<Held> {
    const { clock } = this.#deps;
    const { endpoint, q, path, received } = binding;
    if (endpoint) {
      await sendRegister(call, nextHop, pushRegistration(resolved, binding, endpoint, clock()));
      return { q, until, path, received };
    }
    await ulAdd(call, binding);
    return { q, until: Number.POSITIVE_INFINITY, path, received };
  }
}

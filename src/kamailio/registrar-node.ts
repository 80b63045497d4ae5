import { Arrivals } from './arrivals.js';
import { corePs } from './core-ps.js';
import { coreSocketsList } from './core-sockets-list.js';
import { coreUptime } from './core-uptime.js';
import { difference, type Held, type Wanted } from './held.js';
import { HeldMemory } from './held-memory.js';
import type { Call } from './json-rpc.js';
import type { Log } from './log.js';
import { pushRegistration } from './push-registration.js';
import type { Registration } from './registration.js';
import { sendRegister } from './send-register.js';
import { ulAdd } from './ul-add.js';
import { ulLookup } from './ul-lookup.js';
import { ulRmContact } from './ul-rm-contact.js';

/** So many addresses are worked on at once: Kamailio has a few TCP workers, and calls need them too. */
const MAX_SETTLING = 4;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
const ARRIVALS_EVERY_MS = 500;

export interface RegistrarNodeDeps {
  readonly node: string;
  readonly call: Call;
  readonly log: Log;
  readonly clock: () => number;
  /** What it should hold for an address. */
  readonly wanted: (aor: string, now: number) => Wanted[];
  /** Every address there is. */
  readonly everything: () => Iterable<string>;
}

/**
 * Brings one registrar up to date, address by address.
 *
 * Working: addresses that changed are settled, each by what the registrar holds (asked once, then remembered) and what it
 * should hold. Any failure makes it pausing (0.5 s, doubling to 5 s); the addresses wait. After the pause it is working
 * again, and the first thing is to ask the registrar for its start: if it was started meanwhile, all is forgotten and every
 * address is due. It has recovered when no address is waiting. Closed: nothing is begun any more.
 */
export class RegistrarNode {
  readonly #deps: RegistrarNodeDeps;
  readonly #pending = new Set<string>();
  readonly #settling = new Map<string, Promise<void>>();
  readonly #arrivals = new Arrivals();
  /** Contacts of which nobody knows what the registrar has made of them, by address. */
  readonly #doubtful = new Map<string, Set<string>>();
  #memory = new HeldMemory();
  #greeting: Promise<string> | undefined;
  /** Tells one start of the registrar from another. */
  #life: string | undefined;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  constructor(deps: RegistrarNodeDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => this.#doubtArrived(), ARRIVALS_EVERY_MS).unref();
  }

  changed(aors: Iterable<string>): void {
    for (const aor of aors) this.#pending.add(aor);
    this.#work();
  }

  /** It holds nothing, or nobody knows what. */
  started(): void {
    this.#life = undefined;
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#forget();
    this.#work();
  }

  /** These reach it by themselves. */
  sent(registrations: readonly Registration[]): void {
    const now = this.#deps.clock();
    for (const { aor, contact, q, expires, path, received } of registrations) {
      if (expires === 0) this.#memory.remove(aor, contact);
      else this.#memory.put(aor, contact, { q, until: now + expires * 1000, path, received });
      this.#arrivals.expect(aor, contact, now);
    }
  }

  holdsForGood(aor: string, contact: string): boolean {
    return this.#memory.get(aor, contact)?.until === Number.POSITIVE_INFINITY;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#pause);
    clearInterval(this.#timer);
    await Promise.all(this.#settling.values());
  }

  /** What was under way writes into the memory that is dropped here. */
  #forget(): void {
    this.#memory = new HeldMemory();
    this.#arrivals.overtakeAll();
    this.#greeting = undefined;
    for (const aor of this.#deps.everything()) this.#pending.add(aor);
  }

  #work(): void {
    if (this.#closed || this.#pause) return;
    for (const aor of this.#pending) {
      if (this.#settling.size === MAX_SETTLING) return;
      if (this.#settling.has(aor)) continue;
      this.#pending.delete(aor);
      this.#settling.set(aor, this.#attempt(aor));
    }
    if (this.#failures > 0 && this.#settling.size === 0) {
      this.#failures = 0;
      this.#deps.log.info({ node: this.#deps.node }, 'a registrar is up to date again');
    }
  }

  async #attempt(aor: string): Promise<void> {
    try {
      await this.#settle(aor);
    } catch (error) {
      this.#pending.add(aor);
      this.#failed(error);
    }
    this.#settling.delete(aor);
    this.#work();
  }

  async #settle(aor: string): Promise<void> {
    const { call, clock, wanted } = this.#deps;
    this.#greeting ??= this.#greet();
    const nextHop = await this.#greeting;
    const memory = this.#memory;
    if (!memory.knows(aor) || this.#doubtful.has(aor)) await this.#ask(aor, memory);
    memory.expire(aor, clock());
    const { remove, put } = difference(memory.of(aor), wanted(aor, clock()));
    // Removals first: one binding too many could push the treatment over Kamailio's branch limit.
    for (const contact of remove) {
      if (this.#closed) return;
      const held = memory.get(aor, contact);
      await ulRmContact(call, aor, contact);
      // If a REGISTER has bound it again meanwhile, that is what was removed.
      if (memory.get(aor, contact) !== held) this.#pending.add(aor);
      memory.remove(aor, contact);
      this.#arrivals.overtake(aor, contact);
    }
    for (const one of put) {
      if (this.#closed) return;
      const { contact } = one.binding;
      memory.put(aor, contact, await this.#put(one, nextHop));
      this.#arrivals.overtake(aor, contact);
      if (one.binding.endpoint) this.#arrivals.expect(aor, contact, clock());
    }
    // Addresses that are none of ours any more don't pile up.
    if (wanted(aor, clock()).length === 0) memory.forget(aor);
  }

  async #ask(aor: string, memory: HeldMemory): Promise<void> {
    const { call, clock, wanted } = this.#deps;
    const doubtful = this.#doubtful.get(aor);
    const before = new Map([...(doubtful ?? [])].map((contact) => [contact, memory.get(aor, contact)]));
    const found = await ulLookup(call, aor, clock());
    memory.learn(aor, found, wanted(aor, clock()));
    for (const [contact, held] of before) {
      doubtful?.delete(contact);
      // What was sent since then is newer than what was found.
      if (memory.get(aor, contact) === held) memory.correct(aor, contact, found.get(contact));
    }
    if (doubtful?.size === 0) this.#doubtful.delete(aor);
  }

  /**
   * A REGISTER may arrive after a command that came later, and undo it: bind an agent who has been displaced, withdraw one
   * who has stepped up, or put an end to what is bound for good. So when it has arrived, the registrar is asked.
   */
  #doubtArrived(): void {
    for (const { aor, contact } of this.#arrivals.takeOvertaken(this.#deps.clock())) {
      const contacts = this.#doubtful.get(aor);
      if (contacts) contacts.add(contact);
      else this.#doubtful.set(aor, new Set([contact]));
      this.#pending.add(aor);
    }
    this.#work();
  }

  async #put({ resolved, binding, until }: Wanted, nextHop: string): Promise<Held> {
    const { call, clock } = this.#deps;
    const { endpoint, q, path, received } = binding;
    if (endpoint) {
      await sendRegister(call, nextHop, pushRegistration(resolved, binding, endpoint, clock()));
      return { q, until, path, received };
    }
    await ulAdd(call, binding);
    return { q, until: Number.POSITIVE_INFINITY, path, received };
  }

  /** Where it reaches itself. */
  async #greet(): Promise<string> {
    const { call } = this.#deps;
    const life = `${await coreUptime(call)} ${await corePs(call)}`;
    const nextHop = await coreSocketsList(call);
    const restarted = this.#life !== undefined && this.#life !== life;
    this.#life = life;
    if (restarted) {
      const greeting = this.#greeting;
      this.#forget();
      this.#greeting = greeting;
    }
    return nextHop;
  }

  #failed(error: unknown): void {
    if (this.#closed || this.#pause) return;
    const { node, log } = this.#deps;
    if (this.#failures === 0) {
      log.warn({ err: error, node, waiting: this.#pending.size }, 'a registrar cannot be brought up to date');
    }
    this.#failures += 1;
    this.#greeting = undefined;
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined;
        this.#work();
      },
      Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 10)),
    ).unref();
  }
}

import type { BaseLogger } from 'pino';
import type { Directory } from '../directory/directory.js';
import type { Endpoint } from '../directory/endpoint.js';
import type { Registrars } from '../kamailio/registrars.js';
import type { CallEvent } from '../live/followed-call.js';
import { addressesOf } from './addresses-of.js';
import { type EndpointChanges, rowOf } from './endpoint-change.js';

export interface HeldChecksDeps {
  readonly directory: Directory;
  readonly registrars: Pick<Registrars, 'changed' | 'commands' | 'isThere'>;
  readonly endpoints: EndpointChanges;
  readonly clock: () => number;
  readonly log: Pick<BaseLogger, 'info'>;
}

const EVERY_MS = 1_000;
/** So many phones are asked in a second, and so many answers are waited for: tm waits half a minute for a phone that is gone. */
const AT_ONCE = 20;
const MOST_IN_FLIGHT = 50;
const AGAIN_MS = 60_000;
const AGAIN_IN_DOUBT_MS = 5_000;
/** One lost packet is no proof. */
const STRIKES = 2;

interface Check {
  strikes: number;
  /** When the phone is asked next, ms since the epoch; Infinity while it is being asked. */
  next: number;
}

/**
 * Finds out which of the held phones are gone: each is asked by OPTIONS once a minute, and calls tell as well. One that
 * twice in a row gives no answer is not held any longer.
 */
export class HeldChecks {
  readonly #deps: HeldChecksDeps;
  readonly #checks = new Map<string, Check>();
  #inFlight = 0;

  constructor(deps: HeldChecksDeps) {
    this.#deps = deps;
  }

  /** Returns what stops it. */
  start(): () => void {
    const timer = setInterval(() => this.checkDue(), EVERY_MS).unref();
    return () => clearInterval(timer);
  }

  checkDue(): void {
    if (!this.#deps.registrars.commands) return;
    const now = this.#deps.clock();
    const held = [...this.#held(now)];
    const rows = new Set(held.map(rowOf));
    for (const row of this.#checks.keys()) if (!rows.has(row)) this.#checks.delete(row);
    const free = Math.min(AT_ONCE, MOST_IN_FLIGHT - this.#inFlight);
    for (const endpoint of held.filter((one) => this.#of(one).next <= now).slice(0, free)) {
      void this.#check(endpoint);
    }
  }

  /** What became of a call to an agent's phone. */
  became({ call, target, event, unreached }: CallEvent): void {
    // What one instance is told every one hears: one strikes.
    if (!this.#deps.registrars.commands || target.agent === null || target.endpoint === null) return;
    const endpoint = this.#deps.directory.endpoint(call.domain, target.agent, target.endpoint);
    if (!endpoint || endpoint.held_since === null) return;
    if (unreached) this.#strike(endpoint);
    else if (event === 'ringing' || event === 'answered') this.#of(endpoint).strikes = 0;
  }

  async #check(endpoint: Endpoint): Promise<void> {
    const { clock, registrars } = this.#deps;
    const check = this.#of(endpoint);
    check.next = Number.POSITIVE_INFINITY;
    this.#inFlight += 1;
    const there = await registrars.isThere(endpoint).finally(() => {
      this.#inFlight -= 1;
    });
    check.next = clock() + (there ? AGAIN_MS : AGAIN_IN_DOUBT_MS);
    if (there) check.strikes = 0;
    else if (there === false) this.#strike(endpoint);
  }

  #strike(endpoint: Endpoint): void {
    const { directory } = this.#deps;
    const { domain, agent, key, held_since } = endpoint;
    // It may have registered again meanwhile.
    if (directory.endpoint(domain, agent, key)?.held_since !== held_since) return;
    const check = this.#of(endpoint);
    check.strikes += 1;
    if (check.strikes >= STRIKES) this.#drop(endpoint);
  }

  #drop(endpoint: Endpoint): void {
    const { directory, endpoints, registrars, log } = this.#deps;
    const { domain, agent: name, key, contact } = endpoint;
    this.#checks.delete(rowOf(endpoint));
    directory.removeEndpoint(domain, name, key);
    endpoints.put(rowOf(endpoint), { kind: 'remove', endpoint });
    log.info({ agent: name, domain, contact }, 'a held phone is gone');
    registrars.changed(addressesOf(directory, endpoint));
  }

  #of(endpoint: Endpoint): Check {
    const row = rowOf(endpoint);
    const known = this.#checks.get(row);
    if (known) return known;
    const check: Check = { strikes: 0, next: 0 };
    this.#checks.set(row, check);
    return check;
  }

  *#held(now: number): Generator<Endpoint> {
    const { directory } = this.#deps;
    for (const { domain, agents } of directory.contactCenters()) {
      for (const { name } of agents) {
        for (const one of directory.endpointsOf(domain, name, now)) if (one.held_since !== null) yield one;
      }
    }
  }
}

import type { Directory } from '../directory/directory.js';
import type { Endpoint } from '../directory/endpoint.js';
import type { Registrars } from '../kamailio/registrars.js';
import { type BypassDeps, inBypass } from '../live/bypass.js';
import { addressesOf } from './addresses-of.js';
import { type EndpointChanges, rowOf } from './endpoint-change.js';
import { holdEndpoint } from './hold-endpoint.js';

export interface ExpiryDeps extends BypassDeps {
  readonly directory: Directory;
  readonly registrars: Pick<Registrars, 'changed' | 'commands'>;
  readonly endpoints: EndpointChanges;
  readonly clock: () => number;
}

const EVERY_MS = 1_000;
/** Who is to be held is held before the registrars let go of the binding. */
const LEAD_MS = 3_000;
/** A bypass may be noticed only after the last chance to refresh, and right after a start nobody knows of any. */
const LATE_MS = 30_000;

/**
 * Clears away the endpoints that have expired, and holds those whose contact center is in bypass. No answer had the expired
 * ones any more, but the next best agent may take their place at the registrars. Each is kept in mind for a while, in case
 * a bypass turns out to have begun before; its row goes only then.
 */
export class EndpointExpiry {
  readonly #deps: ExpiryDeps;
  readonly #gone = new Map<string, { readonly endpoint: Endpoint; readonly until: number }>();

  constructor(deps: ExpiryDeps) {
    this.#deps = deps;
  }

  /** Returns what stops it. */
  start(): () => void {
    const timer = setInterval(() => this.expireDue(), EVERY_MS).unref();
    return () => clearInterval(timer);
  }

  /** The phone has withdrawn it, so it isn't to be held, by no instance. */
  withdrawn(endpoint: Pick<Endpoint, 'domain' | 'agent' | 'key'>): void {
    const known = this.#gone.get(rowOf(endpoint));
    if (!known) return;
    this.#gone.delete(rowOf(endpoint));
    this.#deps.endpoints.put(rowOf(endpoint), { kind: 'remove', endpoint: known.endpoint });
  }

  /** Another instance has removed it. */
  goneElsewhere(endpoint: Pick<Endpoint, 'domain' | 'agent' | 'key'>): void {
    this.#gone.delete(rowOf(endpoint));
  }

  expireDue(): void {
    const { directory, registrars, clock } = this.#deps;
    const now = clock();
    const aors = new Set<string>();
    for (const endpoint of directory.takeExpired(now + LEAD_MS)) {
      if (this.#hold(endpoint, now)) this.#affect(endpoint, aors);
      else if (endpoint.expires_at > now) directory.putEndpoint(endpoint);
      else {
        this.#gone.set(rowOf(endpoint), { endpoint, until: now + LATE_MS });
        this.#affect(endpoint, aors);
      }
    }
    for (const { endpoint, until } of [...this.#gone.values()]) {
      // It has registered again.
      if (directory.endpoint(endpoint.domain, endpoint.agent, endpoint.key))
        this.#gone.delete(rowOf(endpoint));
      else if (this.#hold(endpoint, now)) this.#affect(endpoint, aors);
      else if (until <= now) this.#forget(endpoint);
    }
    if (aors.size > 0) registrars.changed(aors);
  }

  /** Whether it is held now. */
  #hold(endpoint: Endpoint, now: number): boolean {
    const { directory, endpoints } = this.#deps;
    const resolved = directory.resolve({ user: endpoint.agent, domain: endpoint.domain });
    if (resolved?.kind !== 'agent') return false;
    const { center } = resolved;
    if (!inBypass(this.#deps, center, endpoint.agent, now)) return false;
    const node = endpoint.node === null ? undefined : directory.node(endpoint.node);
    const held = holdEndpoint(endpoint, center.held_seconds, node, now);
    if (!held) return false;
    this.#gone.delete(rowOf(endpoint));
    directory.putEndpoint(held);
    if (this.#writes) endpoints.put(rowOf(held), { kind: 'put', endpoint: held });
    return true;
  }

  #forget(endpoint: Endpoint): void {
    const { endpoints } = this.#deps;
    const row = rowOf(endpoint);
    this.#gone.delete(row);
    // Without room for it the row stays, and goes after the next start: it has expired.
    if (this.#writes && endpoints.hasRoomFor([row])) endpoints.put(row, { kind: 'remove', endpoint });
  }

  /** Another instance may have heard from phones that this one takes for gone. */
  get #writes(): boolean {
    return this.#deps.registrars.commands;
  }

  #affect(endpoint: Endpoint, aors: Set<string>): void {
    for (const aor of addressesOf(this.#deps.directory, endpoint)) aors.add(aor);
  }
}

import { holdingLimit } from '../directory/agent-limit.js';
import { type Binding, bindingsInOrder } from '../directory/bindings-in-order.js';
import type { Directory, ResolvedAddress } from '../directory/directory.js';
import type { Endpoint } from '../directory/endpoint.js';
import { printQ } from '../sip/q-value.js';
import type { BindingsDocument } from './bindings.schema.js';

/** Every binding of an address: those that registrars hold, and the agents' endpoints that wait for a place. */
export function listBindings(directory: Directory, resolved: ResolvedAddress, now: number): BindingsDocument {
  const limit = holdingLimit(resolved, directory.nodes());
  const held = new Map(
    bindingsInOrder(directory, resolved, { agents: limit }, now).map((binding) => [keyOf(binding), binding]),
  );
  const all = bindingsInOrder(directory, resolved, { agents: Number.POSITIVE_INFINITY }, now);
  const rider = resolved.kind === 'agent' ? lastRefreshed(all) : undefined;
  return {
    address: resolved.aor,
    contact_center: resolved.center.domain,
    bindings: all.map((binding) => {
      const { role, agent, contact, path, received, endpoint, because } = binding;
      const known = held.get(keyOf(binding));
      return {
        role,
        agent,
        contact,
        q: printQ((known ?? binding).q),
        expires: secondsLeft(endpoint ?? (role === 'agent' ? undefined : rider), now),
        path,
        received,
        instance: endpoint?.instance ?? null,
        held: known !== undefined,
        held_since: heldSince(endpoint),
        on_behalf: endpoint?.on_behalf ?? false,
        because,
      };
    }),
  };
}

/** Two agents may share a phone, and so a contact; and an agent may register where it has a fixed contact. */
function keyOf({ role, agent, contact, endpoint }: Binding): string {
  return JSON.stringify([role, agent, contact, endpoint?.key]);
}

/** On an agent's own address the contact center's locations ride on the phone's REGISTER, with its expiry (B10). */
function lastRefreshed(bindings: readonly Binding[]): Endpoint | undefined {
  const refreshedAt = (endpoint: Endpoint) => endpoint.expires_at - endpoint.expires * 1_000;
  return bindings
    .flatMap(({ endpoint }) => endpoint ?? [])
    .reduce<Endpoint | undefined>((a, b) => (a && refreshedAt(a) > refreshedAt(b) ? a : b), undefined);
}

function heldSince(endpoint: Endpoint | null): string | null {
  const since = endpoint?.held_since ?? null;
  return since === null ? null : new Date(since).toISOString();
}

function secondsLeft(endpoint: Endpoint | undefined, now: number): number | null {
  return endpoint ? Math.ceil((endpoint.expires_at - now) / 1_000) : null;
}

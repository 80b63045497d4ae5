import type { Directory } from '../directory/directory.js';
import type { AcceptedEndpoints } from './accepted-endpoints.js';

export interface ForgetDeps {
  readonly directory: Directory;
  readonly accepted: AcceptedEndpoints;
  readonly clock: () => number;
}

/** Nobody asks for what is too old, so this is only about room. */
const EVERY_MS = 60_000;

/** Clears away accepted devices that are known no longer. Returns what stops it. */
export function forgetAccepted(deps: ForgetDeps): () => void {
  const timer = setInterval(() => forgetDue(deps), EVERY_MS).unref();
  return () => clearInterval(timer);
}

export function forgetDue({ directory, accepted, clock }: ForgetDeps): void {
  accepted.forget(clock(), (domain, agent) => {
    const center = directory.contactCenter(domain);
    const isThere = center?.agents.some(({ name }) => name === agent);
    return center && isThere ? center.held_seconds : null;
  });
}

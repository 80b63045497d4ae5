import type { Binding } from '../directory/bindings-in-order.js';
import type { ResolvedAddress } from '../directory/directory.js';
import type { Endpoint } from '../directory/endpoint.js';
import { endpointRegistration } from './endpoint-registration.js';
import type { Registration } from './registration.js';

/** The REGISTER that puts an endpoint in its place on an address, without its phone having asked for it now. */
export function pushRegistration(
  { kind, aor, center }: ResolvedAddress,
  { q }: Binding,
  endpoint: Endpoint,
  now: number,
): Registration {
  const own = kind === 'agent';
  const expires = Math.max(1, Math.ceil((endpoint.expires_at - now) / 1000));
  const registration = endpointRegistration(endpoint, { aor, own, q, expires }, now);
  // A changed Call-ID would make Kamailio drop the device's other flows; without an instance, usrloc refuses the phone's
  // own Call-ID and CSeq a second time.
  return own && center.mode === 'proxy' && endpoint.instance !== null
    ? { ...registration, call_id: endpoint.call_id, cseq: endpoint.cseq }
    : registration;
}

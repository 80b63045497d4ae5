import { createHash } from 'node:crypto';
import type { Endpoint } from '../directory/endpoint.js';
import type { Registration } from './registration.js';

/** On which address, and as what, an endpoint is registered. */
export interface Place {
  readonly aor: string;
  /** Whether it is the agent's own address, and not one that several agents share. */
  readonly own: boolean;
  /** In thousandths. */
  readonly q: number;
  /** In seconds; 0 withdraws it. */
  readonly expires: number;
}

type Device = Pick<
  Endpoint,
  'domain' | 'agent' | 'key' | 'contact' | 'instance' | 'reg_id' | 'path' | 'received'
>;

/** The REGISTER, under a Call-ID of our own, that binds an endpoint to an address or withdraws it. */
export function endpointRegistration(device: Device, place: Place, now: number): Registration {
  const { instance } = device;
  const reg_id = instance !== null && !place.own ? sharedRegId(device) : device.reg_id;
  const { contact, path, received } = device;
  return {
    aor: place.aor,
    contact,
    q: place.q,
    expires: place.expires,
    role: 'agent',
    call_id: generatedCallId(device, place, now),
    cseq: generatedCseq(now),
    path,
    received,
    instance,
    reg_id,
  };
}

/**
 * A phone with two lines registers two agents under one instance and one reg-id. Registrars take bindings of equal
 * instance and reg-id on one address for one device (RFC 5626 §6), so on an address that agents share, the second
 * would replace the first: there the reg-id is made from the agent as well.
 */
function sharedRegId({ agent, reg_id }: Device): number {
  const hash = createHash('sha256')
    .update(`${reg_id ?? 0};${agent}`)
    .digest()
    .readUInt32BE(0);
  return 1 + (hash % (MAX_REG_ID - 1));
}

const MAX_REG_ID = 2 ** 31 - 1;

/**
 * With an instance the Call-ID stays: when it changes, Kamailio's save() drops every other flow of that instance.
 * Without one it is new each time: usrloc refuses a CSeq that isn't higher under a Call-ID that it knows.
 */
function generatedCallId(device: Device, { aor, q, expires }: Place, now: number): string {
  const emission = device.instance === null ? [q, expires, now] : [];
  return hashedCallId([aor, device.agent, device.key, ...emission]);
}

/** A Call-ID of our own for whatever the parts tell apart. */
export function hashedCallId(parts: readonly (string | number)[]): string {
  return `${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)}@understudy`;
}

/** Seconds since 1970: grows across restarts, and fits the 31 bits of a CSeq (RFC 3261 §8.1.1.5) until 2038. */
export function generatedCseq(now: number): number {
  return Math.floor(now / 1000);
}

import { parseAddress } from '../sip/address.js';
import { printQ } from '../sip/q-value.js';
import type { Call } from './json-rpc.js';
import type { Registration } from './registration.js';

const DEFAULT_SOCKET = '.';
const NO_BODY = '';

/**
 * Makes a Kamailio send a REGISTER to `nextHop`, which is itself: unlike `ul.add`, `save()` keeps instance, reg-id,
 * Path and received of the binding, and the phone's next refresh finds it. It is not waited for: the transaction sends
 * it again until it is answered.
 */
export async function sendRegister(call: Call, nextHop: string, registration: Registration): Promise<void> {
  const { domain } = parseAddress(registration.aor);
  const headers = registerHeaders(registration)
    .map((header) => `${withoutSubstitution(header)}\r\n`)
    .join('');
  await call('tm.t_uac_start', ['REGISTER', `sip:${domain}`, nextHop, DEFAULT_SOCKET, headers, NO_BODY]);
}

/** Every part was parsed and printed by src/sip or made by us: none holds CR, LF or a stray bracket. */
export function registerHeaders(registration: Registration): string[] {
  const { aor, contact, q, expires, call_id, cseq, path, received, instance, reg_id } = registration;
  const device = instance === null ? '' : `;+sip.instance="${instance}"`;
  const flow = instance === null || reg_id === null ? '' : `;reg-id=${reg_id}`;
  return [
    // tm adds a tag, also to one that has one
    `From: <${aor}>`,
    `To: <${aor}>`,
    `Call-ID: ${call_id}`,
    `CSeq: ${cseq} REGISTER`,
    'Max-Forwards: 70',
    `Contact: <${contact}>;q=${printQ(q)};expires=${expires}${device}${flow}`,
    // A registrar with a strict path_mode refuses a Path from whoever doesn't say that it knows it (RFC 3327 §5.3).
    ...(path === null ? [] : [`Path: ${path}`, 'Supported: path']),
    ...(received === null ? [] : [`X-Understudy-Received: ${received}`]),
  ];
}

/**
 * tm puts the sending socket in the place of `!!`, and loses count at a single `!`: it cuts the headers, or crashes
 * (get_hfblock() of 5.6.3). Escaped, it is the same URI (RFC 3261 §19.1.4).
 */
export function withoutSubstitution(header: string): string {
  return header.replaceAll('!', '%21');
}

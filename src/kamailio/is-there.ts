import type { Endpoint } from '../directory/endpoint.js';
import { firstHop } from '../sip/path.js';
import { type Call, RpcFault } from './json-rpc.js';
import { withoutSubstitution } from './send-register.js';

const DEFAULT_SOCKET = '.';
const NO_BODY = '';

type Phone = Pick<Endpoint, 'domain' | 'contact' | 'path' | 'received'>;

/**
 * Whether a phone answers OPTIONS, whatever it answers; asked by a registrar, on the way that its calls to the phone take.
 * `tm.t_uac_wait` answers when the transaction ends and keeps no worker busy until then; its like `t_uac_wait_block`
 * does. Undefined when the registrar could not be asked.
 */
export async function isThere(call: Call, phone: Phone): Promise<boolean | undefined> {
  const nextHop = phone.path !== null ? firstHop(phone.path) : (phone.received ?? phone.contact);
  const headers = optionsHeaders(phone)
    .map((header) => `${withoutSubstitution(header)}\r\n`)
    .join('');
  try {
    const result = await call('tm.t_uac_wait', [
      'OPTIONS',
      phone.contact,
      nextHop,
      DEFAULT_SOCKET,
      headers,
      NO_BODY,
    ]);
    return wasReceived(result);
  } catch (error) {
    // tm could not even send it.
    if (error instanceof RpcFault) return false;
    return undefined;
  }
}

function optionsHeaders({ domain, contact, path }: Phone): string[] {
  const from = `sip:${domain}`;
  return [
    // tm adds a tag, also to one that has one
    `From: <${from}>`,
    `To: <${contact}>`,
    'Max-Forwards: 70',
    ...(path === null ? [] : [`Route: ${path}`]),
  ];
}

/** Code, reason, three fields of a dialog, and the header fields of the answer; of tm's own 408 these are empty. */
function wasReceived(result: unknown): boolean {
  return Array.isArray(result) && typeof result.at(-1) === 'string' && result.at(-1) !== '';
}

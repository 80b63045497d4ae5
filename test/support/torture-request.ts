import { DOMAIN } from './scene.js';
import { OWN_ADDRESS } from './torture-socket.js';

let count = 0;

/** A sound message of one's own first line, with further header lines and a body. */
export function request(
  first: string,
  { extra = [], to = `<sip:sales@${DOMAIN}>`, body = '' }: Parts = {},
): Buffer {
  count += 1;
  const [method] = first.split(' ', 1);
  const lines = [
    first,
    `Via: SIP/2.0/UDP ${OWN_ADDRESS};branch=z9hG4bKown${process.pid}-${count}`,
    `From: <sip:x@${DOMAIN}>;tag=1`,
    `To: ${to}`,
    `Call-ID: own-${process.pid}-${count}`,
    `CSeq: ${count} ${method}`,
    `Contact: <sip:x@${OWN_ADDRESS}>`,
    'Max-Forwards: 70',
    ...extra,
    '',
    body,
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

interface Parts {
  readonly extra?: readonly string[];
  readonly to?: string;
  readonly body?: string;
}

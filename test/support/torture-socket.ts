import dgram from 'node:dgram';
import { once } from 'node:events';
import { freePort } from './free-port.js';
import { readMessage, values } from './torture-message.js';

/** A loopback address of this process' own: what a message's Via says of the port is then free, whoever else runs tests. */
export const OWN_ADDRESS = `127.${100 + (process.pid % 100)}.${(process.pid >> 7) % 250}.${1 + (process.hrtime()[1] % 250)}`;

/** Where hostile messages want things to go. */
export const ELSEWHERE_PORT = 5066;
export const ELSEWHERE = `${OWN_ADDRESS}:${ELSEWHERE_PORT}`;

/** A UDP socket that keeps every datagram as it is, and answers requests if it is told how. */
export class TortureSocket {
  readonly port: number;
  readonly address: string;
  readonly #socket: dgram.Socket;
  readonly #received: Buffer[] = [];
  #closed = false;

  private constructor(socket: dgram.Socket) {
    this.#socket = socket;
    ({ port: this.port, address: this.address } = socket.address());
  }

  /** `answer`: the status line's end, such as `486 Busy Here`, for each request but ACK; undefined: silence. */
  static async open(
    answer: (method: string) => string | undefined = () => undefined,
    at: { address?: string; port?: number } = {},
  ): Promise<TortureSocket> {
    const socket = dgram.createSocket('udp4');
    socket.bind(at.port ?? (await freePort()), at.address ?? '127.0.0.1');
    await once(socket, 'listening');
    const opened = new TortureSocket(socket);
    socket.on('message', (datagram, from) => {
      opened.#received.push(datagram);
      const [method = ''] = datagram.toString('latin1').split(' ', 1);
      const status = method === 'ACK' || method === 'SIP/2.0' ? undefined : answer(method);
      if (status !== undefined) socket.send(reply(datagram, status), from.port, from.address);
      const ack = method === 'SIP/2.0' ? ackOf(datagram) : undefined;
      if (ack) socket.send(ack, from.port, from.address);
    });
    return opened;
  }

  /** Every datagram so far that is no probe of a location. */
  received(): Buffer[] {
    return this.#received.filter((datagram) => !datagram.includes('sip:understudy@probe.invalid'));
  }

  /** How many there are, answered probes included. */
  get count() {
    return this.#received.length;
  }

  send(message: string | Buffer, port: number) {
    this.#socket.send(
      typeof message === 'string' ? Buffer.from(message, 'latin1') : message,
      port,
      '127.0.0.1',
    );
  }

  async close() {
    if (this.#closed) return;
    this.#closed = true;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

/** A response to a request as it came, byte for byte where it is copied (RFC 3261 §8.2.6). */
export function reply(request: Buffer, status: string): Buffer {
  const message = readMessage(request);
  const copied = ['via', 'record-route', 'from', 'call-id', 'cseq'].flatMap((name) =>
    values(message, name).map((value) => `${name}: ${value}`),
  );
  const [to = ''] = values(message, 'to');
  const tagged = /;\s*tag\s*=/i.test(to) ? to : `${to};tag=torture`;
  const granted = values(message, 'contact').map((value) => `contact: ${value}`);
  const [method, ruri] = message.start.split(' ');
  const contacts: Record<string, string[]> = { REGISTER: granted, INVITE: [`contact: <${ruri}>`] };
  const contact = status.startsWith('2') ? (contacts[method ?? ''] ?? []) : [];
  const lines = [`SIP/2.0 ${status}`, ...copied, `to: ${tagged}`, ...contact, 'Content-Length: 0', '', ''];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** The ACK of a final response to an INVITE, without which it would come again and again (RFC 3261 §17.1.1.3). */
function ackOf(response: Buffer): Buffer | undefined {
  const message = readMessage(response);
  const [cseq = ''] = values(message, 'cseq');
  if (!cseq.endsWith('INVITE') || !/^SIP\/2\.0 [3-6]/.test(message.start)) return undefined;
  const copied = ['via', 'from', 'to', 'call-id'].map((name) => `${name}: ${values(message, name)[0]}`);
  const lines = ['ACK sip:sales@cc.example.com SIP/2.0', ...copied, `CSeq: ${cseq.replace('INVITE', 'ACK')}`];
  return Buffer.from([...lines, 'Max-Forwards: 70', 'Content-Length: 0', '', ''].join('\r\n'), 'latin1');
}

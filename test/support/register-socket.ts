import { createHash } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { DOMAIN, type Ending } from './scene.js';
import { until } from './until.js';

export interface Registering {
  /** Whose address; `user@domain` for another domain. */
  readonly user: string;
  /** The Contact field; undefined: a contact at this socket. */
  readonly contact?: string;
  /** Header field lines of its own. */
  readonly extra?: readonly string[];
}

export interface RegisterAnswer {
  readonly status: number;
  readonly text: string;
}

let count = 0;

/** One UDP socket that sends many REGISTERs, for whomever, one after the other: far faster than a SIPp for each. */
export class RegisterSocket {
  readonly port: number;
  readonly #socket: dgram.Socket;
  readonly #server: number;
  readonly #answers = new Map<string, string>();

  private constructor(socket: dgram.Socket, server: number) {
    this.#socket = socket;
    this.#server = server;
    this.port = socket.address().port;
    socket.on('message', (message) => {
      const text = message.toString('latin1');
      const callId = /^Call-ID: (.*?)\r$/im.exec(text)?.[1];
      if (callId !== undefined && !text.startsWith('SIP/2.0 1')) this.#answers.set(callId, text);
    });
  }

  /** At `target` (`ip:port`); `port` and `address` are where it sends from. */
  static async open(t: Ending, target: string, from: { port?: number; address?: string } = {}) {
    const socket = dgram.createSocket('udp4');
    socket.bind(from.port ?? 0, from.address ?? '127.0.0.1');
    await once(socket, 'listening');
    t.teardown(async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    });
    return new RegisterSocket(socket, Number(target.split(':')[1]));
  }

  /** Sends one REGISTER, and returns what was answered. */
  async register({ user, contact, extra = [] }: Registering): Promise<RegisterAnswer> {
    count += 1;
    const { address } = this.#socket.address();
    const aor = user.includes('@') ? `sip:${user}` : `sip:${user}@${DOMAIN}`;
    const callId = `${count}-${this.port}@register-socket`;
    const lines = [
      `REGISTER sip:${aor.slice(aor.lastIndexOf('@') + 1)} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${this.port};branch=z9hG4bK${this.port}-${count}`,
      `From: <${aor}>;tag=${count}`,
      `To: <${aor}>`,
      `Call-ID: ${callId}`,
      'CSeq: 1 REGISTER',
      'Max-Forwards: 70',
      `Contact: ${contact ?? `<sip:phone@${address}:${this.port}>;expires=300`}`,
      ...extra,
      'Content-Length: 0',
    ];
    const message = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    this.#socket.send(message, this.#server, '127.0.0.1');
    const text = await until(`an answer to the REGISTER of ${user}`, () => this.#answers.get(callId));
    return { status: Number(text.slice(8, 11)), text };
  }

  /** A phone of its own by its instance, at `sip:{user}-{name}@` this socket. */
  phone(user: string, name: string, expires = 300): Promise<RegisterAnswer> {
    const contact = `<sip:${user.replace(/@.*/, '')}-${name}@127.0.0.1:${this.port}>;expires=${expires};+sip.instance="<urn:uuid:${uuid(name)}>"`;
    return this.register({ user, contact });
  }

  /** `Contact: *`. */
  star(user: string): Promise<RegisterAnswer> {
    return this.register({ user, contact: '*', extra: ['Expires: 0'] });
  }
}

/** Always the same one for a name. */
export function uuid(name: string): string {
  const hash = createHash('md5').update(name).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

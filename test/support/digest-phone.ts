import { createHash } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import type { Test } from 'tap';
import { freePort } from './free-port.js';
import { DOMAIN } from './scene.js';
import { until } from './until.js';

const HASH: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

export interface Answered {
  readonly status: number;
  readonly text: string;
  /** Of the digest challenge that came with it, by parameter. */
  readonly challenge: Readonly<Record<string, string>> | undefined;
}

/** A phone that logs in by digest authentication, and does so wrongly if it is told to. */
export class DigestPhone {
  readonly agent: string;
  readonly contact: string;
  readonly callId: string;
  /** The nonce that it uses, and how often it has. */
  #nonce: Readonly<Record<string, string>> | undefined;
  #count = 0;
  #cseq = 0;
  readonly #socket: dgram.Socket;
  readonly #server: number;
  readonly #answers: string[] = [];

  private constructor(socket: dgram.Socket, server: number, agent: string) {
    this.#socket = socket;
    this.#server = server;
    this.agent = agent;
    const { port } = socket.address();
    this.contact = `sip:${agent}@127.0.0.1:${port}`;
    this.callId = `${agent}-${port}@digest-phone`;
    socket.on('message', (message) => this.#answers.push(message.toString('latin1')));
  }

  /** A phone of the agent that registers at `target` (`ip:port`). */
  static async open(t: Test, target: string, agent: string): Promise<DigestPhone> {
    const socket = dgram.createSocket('udp4');
    socket.bind(await freePort(), '127.0.0.1');
    await once(socket, 'listening');
    t.teardown(async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    });
    return new DigestPhone(socket, Number(target.split(':')[1]), agent);
  }

  /** One REGISTER, with this Authorization or none. */
  async send(
    authorization?: string,
    options: { expires?: number; contact?: string | null } = {},
  ): Promise<Answered> {
    this.#cseq += 1;
    const { expires = 300, contact = this.contact } = options;
    const aor = `sip:${this.agent}@${DOMAIN}`;
    const { port } = this.#socket.address();
    const lines = [
      `REGISTER sip:${DOMAIN} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${port}n${this.#cseq};rport`,
      `From: <${aor}>;tag=${port}`,
      `To: <${aor}>`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${this.#cseq} REGISTER`,
      'Max-Forwards: 70',
      ...(contact === null
        ? []
        : [contact === '*' ? 'Contact: *' : `Contact: <${contact}>;expires=${expires}`]),
      ...(contact === '*' ? ['Expires: 0'] : []),
      ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
      'Content-Length: 0',
    ];
    this.#socket.send(`${lines.join('\r\n')}\r\n\r\n`, this.#server, '127.0.0.1');
    const mine = `CSeq: ${this.#cseq} REGISTER`;
    const text = await until(`an answer to ${mine} of ${this.callId}`, () =>
      this.#answers.find((answer) => answer.includes(mine) && !answer.startsWith('SIP/2.0 1')),
    );
    return { status: Number(text.slice(8, 11)), text, challenge: challengeOf(text) };
  }

  /** What it says with a password: by its nonce, or that of this challenge. */
  authorization(password: string, challenge = this.#nonce): string {
    if (!challenge) throw new Error('this phone has not been challenged');
    if (challenge !== this.#nonce) this.#count = 0;
    this.#nonce = challenge;
    this.#count += 1;
    const { realm = '', nonce = '', algorithm = 'MD5', qop } = challenge;
    const h = (text: string) =>
      createHash(HASH[algorithm] ?? 'md5')
        .update(text)
        .digest('hex');
    const uri = `sip:${DOMAIN}`;
    const counted = qop === undefined ? '' : `:${hex(this.#count)}:c0ffee:auth`;
    const response = h(
      `${h(`${this.agent}:${realm}:${password}`)}:${nonce}${counted}:${h(`REGISTER:${uri}`)}`,
    );
    const count = qop === undefined ? '' : `, qop=auth, nc=${hex(this.#count)}, cnonce="c0ffee"`;
    return `Digest username="${this.agent}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=${algorithm}${count}`;
  }

  /** As phones do: with the nonce that it has, if it has one; what it is challenged with is answered once. */
  async register(password: string, options: { expires?: number; contact?: string } = {}): Promise<Answered> {
    const first = await this.send(this.#nonce && this.authorization(password), options);
    if (first.status !== 401 || !first.challenge) return first;
    return this.send(this.authorization(password, first.challenge), options);
  }
}

function hex(count: number): string {
  return count.toString(16).padStart(8, '0');
}

function challengeOf(text: string): Answered['challenge'] {
  const field = /^WWW-Authenticate: Digest (.*?)\r$/im.exec(text)?.[1];
  if (field === undefined) return undefined;
  return Object.fromEntries(
    [...field.matchAll(/(\w+)=(?:"([^"]*)"|([^,\s]+))/g)].map((m) => [m[1], m[2] ?? m[3]]),
  );
}

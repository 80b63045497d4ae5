import dgram from 'node:dgram';
import { once } from 'node:events';
import { until } from './until.js';

const CRLF = '\r\n';

/** A UDP socket that speaks SIP as the test says, where SIPp would keep to a dialog; each message is kept as it came. */
export class RawPeer {
  readonly uri: string;
  readonly #socket: dgram.Socket;
  readonly #messages: string[] = [];

  private constructor(socket: dgram.Socket) {
    this.#socket = socket;
    this.uri = `sip:raw@127.0.0.1:${socket.address().port}`;
    socket.on('message', (datagram) => this.#messages.push(datagram.toString('latin1')));
  }

  /** `answer`: what is said at once to each request, or undefined. */
  static async open(
    ending: { teardown(end: () => void): void },
    port = 0,
    answer?: (request: string, uri: string) => string | undefined,
  ): Promise<RawPeer> {
    const socket = dgram.createSocket('udp4');
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    ending.teardown(() => socket.close());
    const peer = new RawPeer(socket);
    socket.on('message', (datagram, from) => {
      const said = answer?.(datagram.toString('latin1'), peer.uri);
      if (said !== undefined) socket.send(said, from.port, from.address);
    });
    return peer;
  }

  send(message: string, port: number): void {
    this.#socket.send(message, port, '127.0.0.1');
  }

  /** The messages that begin so, when there are so many. */
  received(begin: string, count = 1): Promise<string[]> {
    return until(`${count} of ${begin}`, () => {
      const found = this.#messages.filter((message) => message.startsWith(begin));
      return found.length >= count ? found : undefined;
    });
  }
}

/** The values of a header, in order. */
export function valuesOf(message: string, name: string): string[] {
  return [...message.matchAll(new RegExp(`^${name}:\\s*(.*?)\\r?$`, 'gim'))].map(([, value = '']) => value);
}

export function tagOf(message: string, name: 'From' | 'To'): string {
  return /;tag=([^;>\s]+)/.exec(valuesOf(message, name)[0] ?? '')?.[1] ?? '';
}

export interface RequestParts {
  readonly uri: string;
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly routes: readonly string[];
  readonly cseq?: number;
}

let branches = 0;

export function requestOf(
  method: string,
  { uri, callId, from, to, routes, cseq = 2 }: RequestParts,
  own: string,
) {
  branches += 1;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${own.replace(/^.*@/, '')};branch=z9hG4bKraw${process.pid}-${branches}`,
    ...routes.map((route) => `Route: ${route}`),
    `From: <sip:from@example.net>${from === '' ? '' : `;tag=${from}`}`,
    `To: <sip:to@example.net>${to === '' ? '' : `;tag=${to}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} ${method}`,
    `Contact: <${own}>`,
    'Max-Forwards: 70',
    `Content-Length: 0${CRLF}${CRLF}`,
  ].join(CRLF);
}

/** 200 to this request, in a dialog with this tag. */
export function okTo(request: string, tag: string, contact: string): string {
  const copied = ['Via', 'Record-Route', 'From', 'Call-ID', 'CSeq'].flatMap((name) =>
    valuesOf(request, name).map((value) => `${name}: ${value}`),
  );
  const [to = ''] = valuesOf(request, 'To');
  const tagged = to.includes(';tag=') ? to : `${to};tag=${tag}`;
  return [
    'SIP/2.0 200 OK',
    ...copied,
    `To: ${tagged}`,
    `Contact: <${contact}>`,
    `Content-Length: 0${CRLF}${CRLF}`,
  ].join(CRLF);
}
